/* SPDX-License-Identifier: ISC */
#include "cmd/journal_line.h"

#include "base/zone.h"
#include <stdio.h>
#include <string.h>

/* What ends a word in a line's head is not in it. */
static void add_word(struct buffer *to, struct slice word, char end)
{
	size_t at = to->n;

	buffer_add(to, word.n ? word : SLICE("-"));
	for (; at < to->n; at++) {
		char c = to->p[at];

		if ((unsigned char)c <= ' ' || c == 127 || c == '[' || c == ']' || c == end)
			to->p[at] = '?';
	}
}

static void blank_all(char *p, const char *end, char c)
{
	while ((p = memchr(p, c, (size_t)(end - p))))
		*p = ' ';
}

/* An entry is one line, whatever stands in it. */
static void add_message(struct buffer *to, struct slice message)
{
	size_t at = to->n;

	buffer_char(to, ' ');
	buffer_add(to, message);
	blank_all(to->p + at, to->p + to->n, '\0');
	blank_all(to->p + at, to->p + to->n, '\n');
}

void journal_line_add(struct buffer *to, const struct journal_record *entry)
{
	char time[CIVIL_TEXT_MAX];

	buffer_append(to, time, civil_utc_text(entry->time, time));
	buffer_char(to, ' ');
	add_word(to, entry->host, ']');
	buffer_char(to, ' ');
	add_word(to, entry->ident, ':');
	if (entry->pid.n) {
		buffer_char(to, '[');
		add_word(to, entry->pid, ':');
		buffer_char(to, ']');
	}
	buffer_char(to, ':');
	add_message(to, entry->message);
	buffer_char(to, '\n');
}

/* It says so when the next message of that unit comes through: when it began to drop is not known.
 */
void journal_line_dropped(const struct journal_record *entry, struct gap *ret)
{
	*ret = (struct gap){.kind = GAP_SUPPRESSED, .to = entry->time, .n = entry->dropped};
	snprintf(ret->note, sizeof(ret->note), "journald's rate limit: %.*s",
	    (int)(entry->unit.n < 80 ? entry->unit.n : 80), entry->unit.p ? entry->unit.p : "");
}
