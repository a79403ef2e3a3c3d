/* SPDX-License-Identifier: ISC */
#pragma once

/* Is this the beginning of a log, or of something else?
 *
 * A log is text.  NUL bytes are passed over (a crash or copytruncate leaves holes); if more than
 * one byte in twenty of the rest is a control character that no log has, it is none.  What people
 * really hand over by mistake is called by its name, with what to do about it: archives of files,
 * databases, journal files, UTF-16, programs. */

#include "base/diag.h"
#include "base/slice.h"

#define CONTENT_LOOK 4096 /* bytes that are enough to tell */

/* head: the first bytes after unpacking.  packed: the format they were unpacked from, or NULL.
 * -EMEDIUMTYPE with a diagnosis when it is no log; nothing at all is one. */
int content_check(const char *name, const char *packed, struct slice head, struct diag *d);
