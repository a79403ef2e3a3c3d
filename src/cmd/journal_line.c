/* SPDX-License-Identifier: ISC */
#include "cmd/journal_line.h"

#include "base/zone.h"
#include <stdio.h>
#include <string.h>

static void add_word(struct buffer *to, struct slice word, const char *ends)
{
	if (word.n == 0)
		word = SLICE("-");
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		buffer_char(to, c <= ' ' || c == 127 || strchr(ends, c) ? '?' : word.p[i]);
	}
}

void journal_line_add(struct buffer *to, const struct journal_record *entry)
{
	struct civil c;

	civil_from_seconds(entry->time, &c);
	buffer_printf(to, "%04d-%02d-%02dT%02d:%02d:%02dZ ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second);
	add_word(to, entry->host, "[]");
	buffer_char(to, ' ');
	add_word(to, entry->ident, "[]:");
	if (entry->pid.n) {
		buffer_char(to, '[');
		add_word(to, entry->pid, "[]:");
		buffer_char(to, ']');
	}
	buffer_text_add(to, ": ");
	for (size_t i = 0; i < entry->message.n; i++)
		buffer_char(to,
		    entry->message.p[i] && entry->message.p[i] != '\n' ? entry->message.p[i] : ' ');
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
