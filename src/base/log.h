/* SPDX-License-Identifier: ISC */
#pragma once

/* Diagnostics of the programs, on stderr.
 *
 * Only src/cmd/ logs; everything below returns a negative errno or fills in a diagnosis
 * (base/diag.h) and lets the caller say it once.  A message names what failed, the object in
 * quotes, the cause, and what is done about it.  On a terminal or in a file a line starts with the
 * program's name; under systemd (stderr is the journal) it starts with the <N> level instead.
 * Control characters in the finished line are escaped, so text from a log cannot forge a line. */

#include "base/macros.h"

struct diag;

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

/* program is kept, not copied.  quietest is the highest level that is still printed. */
void log_open(const char *program, enum log_level quietest);
void log_message(enum log_level level, const char *format, ...) _printf_(2, 3);

/* The diagnosis, as an error. */
void log_diag(const struct diag *d);

#define log_error(...) log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)
