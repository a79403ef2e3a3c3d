/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "parse/literal.h"
#include "parse/pattern.h"
#include <stdio.h>
#include <time.h>

static uint64_t random_state;

static size_t random_below(size_t bound)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)((random_state >> 11) % bound);
}

static int start_random(void **state)
{
	const char *given = getenv("MAILTLS_TEST_SEED");

	(void)state;
	random_state = (given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL)) | 1;
	printf("# MAILTLS_TEST_SEED=%llu\n", (unsigned long long)random_state);
	return 0;
}

/* Every line that holds a literal, with all its literals, as text. */
struct answer {
	struct buffer text;
	size_t lines;
	struct slice block;
};

static void note(struct answer *a, struct slice line, const struct literal_bits *found)
{
	buffer_printf(&a->text, "%zu+%zu:", (size_t)(line.p - a->block.p), line.n);
	for (size_t i = 0; i < ARRAY_SIZE(found->word); i++)
		if (found->word[i])
			buffer_printf(&a->text, " %zu=%llx", i, (unsigned long long)found->word[i]);
	buffer_char(&a->text, '\n');
}

static void each_line(void *context, struct slice line, const struct literal_bits *found)
{
	note(context, line, found);
}

static void ask(const struct literal_set *set, struct slice block, struct answer *ret)
{
	*ret = (struct answer){.block = block};
	ret->lines = literal_scan(set, block, each_line, ret);
}

/* The same, the slow and sure way. */
static void ask_memmem(
    const struct slice *literals, size_t count, struct slice block, struct answer *ret)
{
	struct slice rest = block;

	*ret = (struct answer){.block = block};
	while (rest.n) {
		struct slice line = slice_first(rest, slice_find(rest, '\n'));
		struct literal_bits found = {{0}};
		bool any = false;

		for (size_t i = 0; i < count; i++)
			if (line.n && memmem(line.p, line.n, literals[i].p, literals[i].n)) {
				literal_bits_set(&found, (unsigned)i);
				any = true;
			}
		if (any)
			note(ret, line, &found);
		ret->lines += line.n < rest.n;
		rest = slice_skip(rest, line.n < rest.n ? line.n + 1 : line.n);
	}
}

/* The block at the end of its memory, so that a sanitizer sees a step too far. */
static void check(const struct slice *literals, size_t count, struct slice text)
{
	struct literal_set *sets[] = {
	    literal_set_new(literals, count, false), literal_set_new(literals, count, true)};
	char *exact = malloc(text.n ? text.n : 1);
	struct slice block = {exact, text.n};
	struct answer wanted;

	if (text.n)
		memcpy(exact, text.p, text.n);
	ask_memmem(literals, count, block, &wanted);
	assert_false(literal_set_is_vector(sets[1]));
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct answer a;

		ask(sets[i], block, &a);
		assert_int_equal(a.lines, wanted.lines);
		if (strcmp(buffer_text(&a.text), buffer_text(&wanted.text)) != 0)
			fail_msg("%s scan of %zu bytes: %s\nwanted %s", i ? "portable" : "vector",
			    text.n, buffer_text(&a.text), buffer_text(&wanted.text));
		buffer_free(&a.text);
		literal_set_free(sets[i]);
	}
	buffer_free(&wanted.text);
	free(exact);
}

#define CHECK(literals, text) check(literals, ARRAY_SIZE(literals), text)

static const struct slice few[] = {{"TLS", 3}, {"SSL", 3}, {"cipher", 6},
    {"TLS connection established from ", 32}, {"established", 11}, {"connect from", 12},
    {"status=", 7}, {"aaa", 3}, {"aaaa", 4}, {"aab", 3}};

static void test_edges(void **state)
{
	static const struct slice texts[] = {
	    {"", 0},
	    {"\n", 1},
	    {"\n\n\n\n", 4},
	    {"T", 1},
	    {"TL", 2},
	    {"TL\n", 3},
	    {"TLS", 3},
	    {"TLS\n", 4},
	    {"\nTLS", 4},
	    {"TLS\r\n\r\nTLS\r\n", 12},
	    {"T\nLS\nTL\nS\n", 10},
	    {"aaaaa\naab\naa\nb\n", 15},
	    {"\0TLS\0\n\0\0\0\nSSL", 13},
	    {"TLSSLTLS\n", 9},
	    {"a TLS connection established from b\nTLS connection established fro\n", 67},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		CHECK(few, texts[i]);
}

/* Nothing but windows, in texts around what is searched at once. */
static void test_windows_only(void **state)
{
	static char text[10000];
	static const size_t lengths[] = {4095, 4096, 4098, 4099, 4100, 4127, 8192, sizeof(text)};

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		CHECK(few, ((struct slice){text, lengths[i]}));
}

/* A hit at each place of a block around the vector's width, at its start and its end. */
static void test_alignment(void **state)
{
	char text[140];

	(void)state;
	for (size_t n = 3; n <= sizeof(text); n += n < 70 ? 1 : 7)
		for (size_t at = 0; at + 3 <= n; at++)
			for (int lf = 0; lf < 2; lf++) {
				memset(text, '.', n);
				if (lf && at)
					text[at - 1] = '\n';
				memcpy(text + at, "TLS", 3);
				if (lf && at + 3 < n)
					text[at + 3] = '\n';
				CHECK(few, ((struct slice){text, n}));
			}
}

static void test_bits_of_many(void **state)
{
	static char texts[LITERALS_MAX][60];
	static struct slice literals[LITERALS_MAX];
	struct buffer block = {0};

	(void)state;
	for (size_t i = 0; i < LITERALS_MAX; i++) {
		size_t n = 3 + random_below(58);

		for (size_t k = 0; k < n; k++)
			texts[i][k] = (char)('a' + random_below(3));
		literals[i] = (struct slice){texts[i], n};
	}
	for (size_t i = 0; i < LITERALS_MAX; i++) {
		buffer_text_add(&block, "xyz ");
		buffer_add(&block, literals[i]);
		if (random_below(3))
			buffer_char(&block, '\n');
	}
	CHECK(literals, buffer_slice(&block));
	buffer_free(&block);
}

/* Blocks of every density, out of letters that literals are made of and LFs. */
static void test_random(void **state)
{
	static const char letters[] = "abTLSc=\r\n\n";

	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct slice literals[40];
		char memory[40][61];
		size_t count = 1 + random_below(ARRAY_SIZE(literals)),
		       n = random_below(random_below(20) ? 2000 : 10000);
		size_t alphabet = 3 + random_below(sizeof(letters) - 3);
		size_t rare = random_below(3) ? 1 + random_below(400) : 1;
		char *text = memory_alloc(n + 1);

		for (size_t i = 0; i < count; i++) {
			size_t length = 3 + (random_below(2) ? random_below(4) : random_below(58));

			for (size_t k = 0; k < length; k++)
				memory[i][k] = letters[random_below(alphabet > 7 ? 7 : alphabet)];
			literals[i] = (struct slice){memory[i], length};
		}
		for (size_t i = 0; i < n; i++)
			text[i] = random_below(rare) ? (char)(random_below(40) ? 'x' : '\n')
						     : letters[random_below(alphabet)];
		for (size_t i = random_below(6); i > 0; i--) {
			struct slice l = literals[random_below(count)];

			if (l.n <= n)
				memcpy(text + random_below(n - l.n + 1), l.p, l.n);
		}
		check(literals, count, (struct slice){text, n});
		free(text);
	}
}

static void test_refused(void **state)
{
	static struct slice many[LITERALS_MAX + 1];
	static const struct slice brief[] = {{"TLS", 3}, {"TL", 2}};
	struct literal_bits found;
	struct literal_set *set;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = SLICE("TLS");
	assert_null(literal_set_new(many, ARRAY_SIZE(many), false));
	assert_null(literal_set_new(brief, ARRAY_SIZE(brief), false));
	assert_null(literal_set_free(NULL));
	set = literal_set_new(many, 2, false);
	literal_find(set, SLICE("no\nmore TLS than SSL"), &found);
	assert_int_equal(found.word[0], 3);
	literal_find(set, SLICE("none"), &found);
	assert_int_equal(found.word[0], 0);
	literal_set_free(set);
}

/* A pattern's literal in one message, of few letters so that it nearly stands there often. */
static void test_in_a_message(void **state)
{
	static const char letters[] = "aTb";
	unsigned random = 1;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char text[12], word[4];
		struct slice literal = {word, 1 + (unsigned)round % sizeof(word)};
		struct slice message = {text, (unsigned)round / 7 % (sizeof(text) + 1)};
		struct pattern p = {.literals = &literal, .literal_count = 1};

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = letters[(random = random * 1103515245 + 12345) >> 16 & 1];
		for (size_t i = 0; i < sizeof(word); i++)
			word[i] = letters[((random = random * 1103515245 + 12345) >> 16) % 3];
		assert_int_equal(pattern_has_literal(&p, message),
		    memmem(text, message.n, word, literal.n) != NULL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edges),
	    cmocka_unit_test(test_windows_only),
	    cmocka_unit_test(test_alignment),
	    cmocka_unit_test(test_bits_of_many),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_in_a_message),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_random, NULL);
}
