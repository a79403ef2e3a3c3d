/* SPDX-License-Identifier: ISC */
#pragma once

/* What to set in a mail server's configuration so that something is switched off: read from the key
 * `advice` of its pattern file (mailtls-patterns(5)), because only data knows one server from
 * another.
 *
 * An entry with `lowest` has a word for each protocol, and its line is for the lowest that stays;
 * one with `exclude` has a word for each thing that is switched off, and its line holds the words
 * of all that are, joined.  A % in a line is where the word or words go. */

#include "base/yaml_read.h"
#include "tls/disable.h"

struct advice {
	char *direction; /* in or out, NULL: both */
	char *set, *back, *join;
	bool lowest;
	bool names; /* suites stand in the line by the names that were given */
	char **keys, **words;
	size_t count;
};

struct advice_list {
	struct advice *p;
	size_t n;
};

/* list may be NULL.  ret is filled as far as reading came, also on failure. */
int advice_read(struct yaml_read *in, const struct yaml *list, struct advice_list *ret);
void advice_clear(struct advice_list *list);

/* Appends the line for what is switched off; false if the entry has none for it. */
bool advice_line(
    const struct advice *advice, const struct disable *set, enum scope scope, struct buffer *to);
