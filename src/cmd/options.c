/* SPDX-License-Identifier: ISC */
#include "cmd/options.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/word.h"
#include "cmd/output.h"
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELP_WIDTH 80
#define HELP_COLUMN 29 /* of what an option does */

enum { ID_HELP = 1000, ID_VERSION };

/* Fills lines of HELP_WIDTH with the text's words, from a column on that the cursor is at. */
static void print_filled(const char *text, size_t column)
{
	size_t at = column;

	while (*text) {
		size_t blanks = strspn(text, " "), n = strcspn(text + blanks, " ");

		if (at + blanks + n > HELP_WIDTH && at > column) {
			printf("\n%*s", (int)column, "");
			at = column;
		} else {
			printf("%*s", (int)blanks, "");
			at += blanks;
		}
		printf("%.*s", (int)n, text + blanks);
		at += n;
		text += blanks + n;
	}
	putchar('\n');
}

static void print_row(const struct option_row *row)
{
	char left[64];
	int n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
	    row->id >= '!' && row->id <= '~' ? '-' : ' ',
	    row->id >= '!' && row->id <= '~' ? row->id : ' ',
	    row->id >= '!' && row->id <= '~' ? "," : " ", row->name, row->argument ? "=" : "",
	    row->argument ? row->argument : "");

	if (n > HELP_COLUMN - 2)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	print_filled(row->help, HELP_COLUMN);
}

static _noreturn_ void print_help(const struct options *o)
{
	const char *line = o->synopsis;
	const char *before = "Usage:";

	while (*line) {
		size_t n = strcspn(line, "\n");

		printf("%-6s %s %.*s\n", before, o->program, (int)n, line);
		before = "";
		line += n + (line[n] == '\n');
	}
	putchar('\n');
	print_filled(o->about, 0);
	printf("\nOptions:\n");
	for (size_t i = 0; i < o->count; i++)
		print_row(&o->rows[i]);
	print_row(&(struct option_row){ID_HELP, "help", NULL, "this text"});
	print_row(&(struct option_row){ID_VERSION, "version", NULL, "the version"});
	exit(output_end(EXIT_DONE));
}

void options_wrong(const struct options *o, const char *format, ...)
{
	va_list arguments;
	char text[512];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_error("%s; see %s --help", text, o->program);
	exit(EXIT_USAGE);
}

static _noreturn_ void say_wrong(const struct options *o, int argc, char **argv, int answer)
{
	const char *given = optind > 0 && optind <= argc ? argv[optind - 1] : "";

	if (answer == ':')
		options_wrong(o, "option '%s' needs a value", given);
	if (strncmp(given, "--", 2) == 0)
		options_wrong(
		    o, "option '%s' is not known, is ambiguous, or takes no value", given);
	options_wrong(o, "option '-%c' is not known", optopt);
}

int options_next(const struct options *o, int argc, char **argv, const char **ret_value)
{
	_cleanup_free_ struct option *longs = memory_array(o->count + 3, sizeof(*longs));
	_cleanup_free_ char *letters = memory_array(o->count * 2 + 4, 1);
	size_t n = 0;
	int id;

	letters[n++] = ':';
	for (size_t i = 0; i < o->count; i++) {
		const struct option_row *row = &o->rows[i];

		longs[i] = (struct option){
		    row->name, row->argument ? required_argument : no_argument, NULL, row->id};
		if (row->id >= '!' && row->id <= '~') {
			letters[n++] = (char)row->id;
			if (row->argument)
				letters[n++] = ':';
		}
	}
	letters[n++] = 'h';
	longs[o->count] = (struct option){"help", no_argument, NULL, ID_HELP};
	longs[o->count + 1] = (struct option){"version", no_argument, NULL, ID_VERSION};
	id = getopt_long(argc, argv, letters, longs, NULL);
	*ret_value = optarg;
	switch (id) {
	case -1:
		return 0;
	case 'h':
	case ID_HELP:
		print_help(o);
	case ID_VERSION:
		printf("%s %s\n", o->program, MAILTLS_VERSION);
		exit(output_end(EXIT_DONE));
	case '?':
	case ':':
		say_wrong(o, argc, argv, id);
	}
	return id;
}

int options_choose(const struct options *o, const char *what, const char *word,
    const char *const *words, size_t count)
{
	_cleanup_buffer_ struct buffer advice = {0};
	int place = word_find(words, count, slice_of(word));

	if (place >= 0)
		return place;
	nearest_advise(&advice, word, words, count);
	options_wrong(o, "'%s' is not %s: %s", word, what, buffer_text(&advice));
}

int options_year(const struct options *o, const char *value)
{
	char *end;
	long year = strtol(value, &end, 10);

	if (*end || year < 1990 || year > 2099)
		options_wrong(o, "'%s' is not a year from 1990 to 2099", value);
	return (int)year;
}

struct zone *options_zone(const struct options *o, const char *name)
{
	_cleanup_diag_ struct diag d = {0};
	struct zone *zone;

	if (zone_open(name, &zone, &d) < 0)
		options_wrong(o, "%s", d.text);
	return zone;
}
