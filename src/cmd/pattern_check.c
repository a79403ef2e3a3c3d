/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "cmd/options.h"
#include "cmd/pattern_tool.h"
#include "parse/prove.h"
#include <stdio.h>

struct check {
	bool tap;
	size_t failures;
};

static void say(void *context, const char *path, unsigned line, const char *text)
{
	struct check *c = context;

	_cleanup_buffer_ struct buffer safe = {0};

	if (c->tap && c->failures++ == 0)
		printf("#\n");
	buffer_printf(&safe, "%s:%u: ", path, line);
	escape_terminal(&safe, slice_of(text));
	printf("%s%s\n", c->tap ? "# " : "", buffer_text(&safe));
}

int pattern_check(const struct pattern_set *set, bool tap)
{
	size_t bad = 0;

	if (tap)
		printf("1..%zu\n", set->count);
	for (size_t i = 0; i < set->count; i++) {
		struct check c = {.tap = tap};
		const struct mta *mta = set->mtas[i];
		size_t failures = prove_mta(set, mta, say, &c);

		bad += failures > 0;
		if (tap)
			printf("%s %zu - %s: samples of %s\n", failures ? "not ok" : "ok", i + 1,
			    mta->path, mta->name);
		else
			printf("%s: %s: %zu patterns, %s\n", mta->path, mta->name,
			    mta->pattern_count,
			    failures ? "NOT proved" : "proved by their samples");
	}
	return bad ? EXIT_FAILED : EXIT_DONE;
}
