/* SPDX-License-Identifier: ISC */
#pragma once

/* A program's command line: one table that is parsed, that --help prints and that the manual is
 * held against.
 *
 * --help and --version are in every program: they print and end it with 0.  A wrong option says
 * what is wrong and how to get help, and ends it with EXIT_USAGE. */

#include "base/macros.h"
#include "base/zone.h"
#include <stddef.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONDITION = 3 };

struct option_row {
	int id; /* from 1; a letter's own code if it has a letter */
	const char *name;
	const char *argument; /* what it is called in --help, NULL if it takes none */
	const char *help;     /* filled into lines, as `about` is */
};

struct options {
	const char *program;
	const char *synopsis; /* after the program's name; several lines for several forms */
	const char *about;
	const struct option_row *rows;
	size_t count;
};

/* The next option's id with its value (NULL if it takes none), 0 at the end: then optind is the
 * first operand.  Options and operands may be mixed. */
int options_next(const struct options *o, int argc, char **argv, const char **ret_value);

/* Says what is wrong with the call and ends the program with EXIT_USAGE. */
void options_wrong(const struct options *o, const char *format, ...) _noreturn_ _printf_(2, 3);

/* The place of a word among those that would do; `what` it should have been: "a command". */
int options_choose(const struct options *o, const char *what, const char *word,
    const char *const *words, size_t count);

/* Values that several programs take; a wrong one is the user's to mend, as above. */
int options_year(const struct options *o, const char *value);
struct zone *options_zone(const struct options *o, const char *name); /* NULL: the machine's */
