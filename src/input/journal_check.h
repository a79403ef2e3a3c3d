/* SPDX-License-Identifier: ISC */
#pragma once

/* Whether a journal is there and may be read, whole: what journal_open() asks before it opens one.
 * Of libsystemd it knows no more than what journal.c tells it. */

#include "base/diag.h"
#include "input/journal.h"

/* `where` as for journal_open().  0, -ENOENT, -EACCES, -EBADMSG or -EMFILE with a diagnosis. */
int journal_check(const char *where, struct diag *d);
/* The name of the namespace that is meant; NULL: it is no namespace. */
const char *journal_namespace(const char *where);
/* -EACCES, with what to do about it. */
int journal_no_permission(const char *path, struct diag *d);

/* journal.c's: whether the library can read a file (0, also if it is gone), and this machine's id
 * (-errno). */
int journal_check_file(const char *path, struct diag *d);
int journal_machine(char ret[static JOURNAL_ID_MAX]);
