/* SPDX-License-Identifier: ISC */
#pragma once

/* The order in which several logs are read: by their first stamp, so that sessions which a rotation
 * cut in two come together and the order of the operands does not matter. */

#include "base/zone.h"
#include <stddef.h>
#include <stdint.h>

struct log_operand {
	const char *path;	 /* "-": standard input */
	const struct zone *zone; /* of stamps that name none; the caller's */
	const char *host;	 /* of lines that name none, or NULL; the caller's */
	int64_t time;		 /* of the first stamp; of the log itself if there is none */
	int64_t size;		 /* on disk; 0 if not known or not readable */
	struct reader *reader; /* of standard input or another pipe: what was looked at is gone from
				  it; NULL of a file, which the caller opens */
};

/* Looks at each log and sorts them.  One that cannot be opened is left for the caller to find out,
 * and stands last. */
void log_order(struct log_operand *logs, size_t count, int year);
