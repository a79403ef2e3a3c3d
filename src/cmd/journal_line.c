/* SPDX-License-Identifier: ISC */
#include "cmd/journal_line.h"

#include "base/zone.h"
#include <stdio.h>
#include <string.h>

static void add_word(struct buffer *to, struct slice word, const char *ends)
{
	size_t at = to->n;

	buffer_add(to, word.n ? word : SLICE("-"));
	for (; at < to->n; at++) {
		unsigned char c = (unsigned char)to->p[at];

		if (c <= ' ' || c == 127 || strchr(ends, c))
			to->p[at] = '?';
	}
}

/* An entry is one line, whatever stands in it. */
static void add_message(struct buffer *to, struct slice message)
{
	size_t at = to->n;

	buffer_add(to, message);
	for (; at < to->n; at++)
		if (to->p[at] == '\0' || to->p[at] == '\n')
			to->p[at] = ' ';
}

void journal_line_add(struct buffer *to, const struct journal_record *entry)
{
	char time[CIVIL_TEXT_MAX];

	buffer_append(to, time, civil_utc_text(entry->time, time));
	buffer_char(to, ' ');
	add_word(to, entry->host, "[]");
	buffer_char(to, ' ');
	add_word(to, entry->ident, "[]:");
	if (entry->pid.n) {
		buffer_char(to, '[');
		add_word(to, entry->pid, "[]:");
		buffer_char(to, ']');
	}
	buffer_text_add(to, ": ");
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
