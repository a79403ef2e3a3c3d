/* SPDX-License-Identifier: ISC */
#pragma once

#include <stddef.h>

/* Lets this process have so many files open besides what it has open anyway, or as many as its hard
 * limit allows.  How many these are. */
size_t open_files_allow(size_t count);
