/* SPDX-License-Identifier: ISC */

/* Lines through the patterns of one shipped file: the first line names the file (if it names none,
 * its first byte picks one), the byte after it says where the log is cut, its sessions saved and
 * restored.  Cut or not, the facts are the same, and what was saved and then changed is refused. */

#include "base/escape.h"
#include "base/memory.h"
#include "parse/parser.h"
#include <errno.h>
#include <stdio.h>

#define LOG_TIME INT64_C(1795500000) /* 2026-11-24 06:00:00 UTC */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pattern_set *set;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const directories[] = {"patterns"};
	struct diag d = {0};

	(void)argc;
	(void)argv;
	if (pattern_set_read(directories, 1, &set, &d) < 0) {
		fprintf(stderr, "%s:%u: %s\n", d.file, d.line, d.text);
		exit(1);
	}
	return 0;
}

static void note(void *context, const struct fact *f)
{
	const struct slice texts[] = {f->host, f->mta, f->protocol_raw, f->cipher, f->group,
	    f->signature, f->reason, f->reason_raw, f->peer, f->peer_name, f->user, f->domain,
	    slice_of(f->pattern)};

	buffer_printf(context, "%d %lld %d %d %d %d %d %d %d %d %d %d %d", (int)f->kind,
	    (long long)f->time, (int)f->direction, (int)f->service, (int)f->unit, f->internal,
	    (int)f->protocol, f->bits, (int)f->verify, f->resumed, f->mail, f->auth, f->port);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		buffer_char(context, ' ');
		escape_terminal(context, texts[i]);
	}
	buffer_char(context, '\n');
}

static struct parser *begin(
    const struct pattern_set *one, struct buffer *facts, struct clock *clock)
{
	struct parser_consumer consumer = {.fact = note, .context = facts};
	struct parser *p = parser_new(one, &consumer);

	parser_log(p, SLICE("h"), clock);
	return p;
}

static void run(const struct pattern_set *one, struct slice text, size_t cut, struct buffer *facts)
{
	_cleanup_buffer_ struct buffer saved = {0};
	struct clock clock;
	struct parser *p;

	clock_init(&clock, NULL, LOG_TIME, 0);
	p = begin(one, facts, &clock);
	if (cut) {
		parser_block(p, slice_first(text, cut));
		parser_save(p, &saved);
		clock = *parser_clock(p);
		parser_free(p);
		p = begin(one, facts, &clock);
		saved.p[saved.n / 2] ^= 1;
		if (parser_restore(p, buffer_slice(&saved)) != -EBADMSG)
			abort();
		saved.p[saved.n / 2] ^= 1;
		if (parser_restore(p, buffer_slice(&saved)) != 0)
			abort();
	}
	if (cut < text.n)
		parser_block(p, slice_skip(text, cut));
	parser_end(p);
	parser_free(p);
}

static size_t pick_file(struct slice name)
{
	for (size_t i = 0; i < set->count; i++)
		if (slice_is(name, set->mtas[i]->name))
			return i;
	return name.n ? (unsigned char)name.p[0] % set->count : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = {(const char *)data, size};
	size_t name = slice_find(input, '\n'), cut;
	struct pattern_set one = *set;
	struct buffer text = {0}, whole = {0}, parts = {0};

	if (name + 2 >= size)
		return 0;
	one.mtas = &set->mtas[pick_file(slice_first(input, name))];
	one.count = 1;
	buffer_add(&text, slice_skip(input, name + 2));
	buffer_char(&text, '\n');
	cut = text.n * data[name + 1] / 256;
	cut += slice_find(slice_skip(buffer_slice(&text), cut), '\n') + 1;
	run(&one, buffer_slice(&text), 0, &whole);
	run(&one, buffer_slice(&text), cut, &parts);
	if (!slice_equal(buffer_slice(&whole), buffer_slice(&parts)))
		abort();
	buffer_free(&text);
	buffer_free(&whole);
	buffer_free(&parts);
	return 0;
}
