/* SPDX-License-Identifier: ISC */
#include "report/filter.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/word.h"
#include <errno.h>
#include <string.h>

static const char *direction_word(int value)
{
	return direction_name((enum direction)value);
}

static const char *service_word(int value)
{
	return service_name((enum service)value);
}

static const char *unit_word(int value)
{
	return unit_name((enum unit)value);
}

static int check(const char *option, const struct words *given, const char *(*name)(int value),
    int count, struct diag *d)
{
	_cleanup_free_ const char **words = memory_array((size_t)count, sizeof(*words));
	_cleanup_buffer_ struct buffer advice = {0};

	for (int i = 0; i < count; i++)
		words[i] = name(i);
	for (size_t i = 0; i < given->n; i++) {
		const char *word = given->p[i];

		if (word_find(words, (size_t)count, slice_of(word)) >= 0)
			continue;
		nearest_advise(&advice, word, words, (size_t)count);
		return diag_set(d, EINVAL, NULL, 0, 0, "there is no %s \"%s\": %s", option, word,
		    buffer_text(&advice));
	}
	return 0;
}

int filter_check(const struct report_request *r, struct diag *d)
{
	int failed = check("direction", &r->direction, direction_word, DIRECTION_MAX, d);

	if (!failed)
		failed = check("service", &r->service, service_word, SERVICE_MAX, d);
	if (!failed)
		failed = check("unit", &r->unit, unit_word, UNIT_MAX, d);
	return failed;
}

bool filter_word(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->p[i], word) == 0)
			return true;
	return words->n == 0;
}

bool filter_tuple(const struct report_request *r, const struct tuple *t)
{
	return (t->internal || r->internal != INTERNAL_ONLY) &&
	       filter_word(&r->direction, direction_name(t->direction)) &&
	       filter_word(&r->service, service_name(t->service)) && filter_word(&r->mta, t->mta) &&
	       filter_word(&r->host, t->host) && filter_word(&r->unit, unit_name(t->unit));
}

bool filter_apart(const struct report_request *r, const struct tuple *t)
{
	return t->internal && r->internal == INTERNAL_EXCLUDE;
}
