/* SPDX-License-Identifier: ISC */
#pragma once

/* Lines through a parser, and what came out written down as text: one line a fact, e.g.
 *
 *   handshake connection mx TLSv1.2 AES128-SHA peer=192.0.2.1 @10:00:01
 *
 * Include after <cmocka.h>. */

#include "base/escape.h"
#include "base/memory.h"
#include "parse/parser.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define LOG_TIME INT64_C(1795500000) /* 2026-11-24 06:00:00 UTC */

struct notes {
	struct buffer facts, lines;
	struct parser *parser;
	size_t fact_count;
};

static inline void note_text(struct buffer *to, const char *name, struct slice text)
{
	if (!text.n)
		return;
	buffer_printf(to, " %s", name);
	escape_terminal(to, text);
}

static inline void note_count(struct buffer *to, const char *name, int n)
{
	if (n >= 0)
		buffer_printf(to, " %s=%d", name, n);
}

static inline void note_fact(void *context, const struct fact *f)
{
	struct notes *notes = context;
	struct buffer *to = &notes->facts;
	struct civil at;

	notes->fact_count++;
	buffer_printf(to, "%s %s %s%s", fact_kind_name(f->kind), unit_name(f->unit),
	    service_name(f->service), f->direction == DIRECTION_OUT ? " out" : "");
	if (f->kind != FACT_FAILURE)
		buffer_printf(to, " %s", protocol_name(f->protocol));
	note_text(to, "", f->cipher);
	note_count(to, "bits", f->bits);
	note_text(to, "group=", f->group);
	if (f->verify != VERIFY_UNKNOWN)
		buffer_printf(to, " verify=%s", verify_name(f->verify));
	note_count(to, "resumed", f->resumed);
	note_count(to, "mail", f->mail);
	note_count(to, "auth", f->auth);
	note_text(to, "peer=", f->peer);
	note_count(to, "port", f->port);
	note_text(to, "name=", f->peer_name);
	note_text(to, "user=", f->user);
	note_text(to, "domain=", f->domain);
	note_text(to, "reason=", f->reason);
	note_text(to, "raw=", f->reason_raw);
	if (f->internal)
		buffer_text_add(to, " internal");
	if (f->time == TIME_UNKNOWN) {
		buffer_text_add(to, " @?\n");
		return;
	}
	civil_from_seconds(f->time, &at);
	buffer_printf(to, " @%02d:%02d:%02d\n", at.hour, at.minute, at.second);
}

static inline void note_line(void *context, const struct line_report *r)
{
	static const char *const outcomes[] = {"matched", "ignored", "near-miss", "limit-hit"};
	struct notes *notes = context;

	buffer_printf(&notes->lines, "%lld %s %.*s %.*s %s\n",
	    (long long)parser_line_number(notes->parser), outcomes[r->outcome], SLICE_FMT(r->host),
	    SLICE_FMT(r->mta), r->pattern ? r->pattern->name : "-");
}

static inline void notes_open(struct notes *notes, const struct pattern_set *set)
{
	struct parser_consumer consumer = {note_fact, note_line, notes};
	struct clock clock;

	*notes = (struct notes){.parser = parser_new(set, &consumer)};
	clock_init(&clock, NULL, LOG_TIME, 0);
	parser_log(notes->parser, SLICE("h"), &clock);
}

static inline void notes_close(struct notes *notes)
{
	parser_free(notes->parser);
	buffer_free(&notes->facts);
	buffer_free(&notes->lines);
}

static inline void write_text(const char *path, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	close(fd);
}

/* The pattern files `a.yaml`, `b.yaml` ... with these texts, not proved; fails the test when one is
 * refused. */
static inline struct pattern_set *set_of(const char *const *texts, size_t count)
{
	char directory[] = "/tmp/mailtls-test-XXXXXX", path[64];
	const char *paths[] = {directory};
	_cleanup_diag_ struct diag d = {0};
	struct pattern_set *set = NULL;

	assert_non_null(mkdtemp(directory));
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%c.yaml", directory, (char)('a' + i));
		write_text(path, slice_of(texts[i]));
	}
	pattern_set_read(paths, 1, &set, &d);
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%c.yaml", directory, (char)('a' + i));
		unlink(path);
	}
	rmdir(directory);
	if (!set)
		fail_msg("%s:%u:%u: %s", d.file, d.line, d.column, d.text);
	return set;
}
