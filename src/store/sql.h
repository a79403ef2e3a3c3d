/* SPDX-License-Identifier: ISC */
#pragma once

/* The SQL files of sql/, embedded at build: "schema/001" or "query/counts", in the order of
 * their names, ended by a row of NULLs. */

#include <stddef.h>

struct sql_text {
	const char *name, *text;
};

extern const struct sql_text sql_texts[];
