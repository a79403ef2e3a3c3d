/* SPDX-License-Identifier: ISC */
#pragma once

/* What is wrong with a file that a user wrote, or with a thing that a user named.
 *
 * A function that fails with a diagnosis returns a negative errno and has set it; on success it is
 * untouched.  line and column count from 1, 0 means "no such place".  {0} is an empty one;
 * diag_free() gives its texts back.  diag_text() writes `file:line:column: text`, the form editors
 * jump to. */

#include "base/buffer.h"
#include "base/macros.h"

struct diag {
	char *file;
	unsigned line, column;
	char *text;
};

/* Returns -error, so that a caller can write `return diag_set(...)`.  Later calls on a set
 * diagnosis change nothing: the first cause is the one to show. */
int diag_set(struct diag *d, int error, const char *file, unsigned line, unsigned column,
    const char *format, ...) _printf_(6, 7);
/* Hands what `from` holds to `to`, which holds nothing. */
void diag_move(struct diag *to, struct diag *from);
void diag_text(const struct diag *d, struct buffer *to);
void diag_free(struct diag *d);

#define _cleanup_diag_ _cleanup_(diag_free)
