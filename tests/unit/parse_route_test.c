/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/route.h"
#include <stdlib.h>

#define PATTERNS 40 /* of each mta */
#define LITERALS 100
#define LINES 20000

/* One whose header is syslog's, one that is written otherwise, and another of syslog's. */
static struct pattern patterns[3][PATTERNS];
static const struct mta mtas[3] = {
    {.header = HEADER_SYSLOG, .patterns = patterns[0], .pattern_count = PATTERNS},
    {.header = HEADER_EXIM, .patterns = patterns[1], .pattern_count = PATTERNS},
    {.header = HEADER_SYSLOG, .patterns = patterns[2], .pattern_count = PATTERNS},
};
static const struct mta *const all[3] = {&mtas[0], &mtas[1], &mtas[2]};
static const struct ident idents[2] = {{.as = 0}, {.as = 1}};

/* Programs: two of the first mta, one of the third, one of both, one of none. */
static const struct ident *const programs[5][3] = {
    {&idents[0], NULL, NULL},
    {&idents[1], NULL, NULL},
    {NULL, NULL, &idents[0]},
    {&idents[1], NULL, &idents[1]},
    {NULL, NULL, NULL},
};

static int fill_patterns(void **state)
{
	(void)state;
	srand(1);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t k = 0; k < PATTERNS; k++) {
			patterns[i][k].from = (uint64_t)rand() % 3 + 1;
			literal_bits_set(&patterns[i][k].bits, (unsigned)rand() % LITERALS);
			literal_bits_set(&patterns[i][k].bits, (unsigned)rand() % LITERALS);
		}
	return 0;
}

static void check(
    const struct route *way, const struct literal_bits *found, const struct ident *const *claims)
{
	const struct route_step *step = way->steps;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t k = 0; k < PATTERNS; k++) {
			const struct pattern *p = &patterns[i][k];
			bool syslog = all[i]->header == HEADER_SYSLOG;
			const struct ident *ident = syslog && claims ? claims[i] : NULL;

			if (!literal_bits_meet(&p->bits, found) || (syslog && !ident) ||
			    (ident && !pattern_is_from(p, ident)))
				continue;
			assert_true(step < way->end);
			assert_ptr_equal(step->pattern, p);
			assert_ptr_equal(step->ident, ident);
			assert_int_equal(step->mta, i);
			step++;
		}
	assert_ptr_equal(step, way->end);
}

/* More different lines than are kept, and some of them again and again. */
static void test_ways(void **state)
{
	_cleanup_(route_map_free_p) struct route_map *map = route_map_new(all, ARRAY_SIZE(all));

	(void)state;
	for (int line = 0; line < LINES; line++) {
		struct literal_bits found = {{0}};
		int program = rand() % 6;
		const struct ident *const *claims = program < 5 ? programs[program] : NULL;
		struct route way;

		if (rand() % 2)
			literal_bits_set(&found, (unsigned)rand() % 4);
		for (int n = rand() % 4; n > 0 && line % 3 == 0; n--)
			literal_bits_set(&found, (unsigned)rand() % LITERALS_MAX);
		way = route_find(map, &found, claims);
		check(&way, &found, claims);
	}
}

/* What is told of a pointer may change, when that is said. */
static void test_forget(void **state)
{
	_cleanup_(route_map_free_p) struct route_map *map = route_map_new(all, ARRAY_SIZE(all));
	const struct ident *claims[3] = {&idents[0], NULL, NULL};
	struct literal_bits found;
	struct route way;

	(void)state;
	memset(&found, 0xff, sizeof(found));
	way = route_find(map, &found, claims);
	check(&way, &found, claims);
	claims[0] = NULL;
	claims[2] = &idents[1];
	route_map_forget(map);
	way = route_find(map, &found, claims);
	check(&way, &found, claims);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_forget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, fill_patterns, NULL);
}
