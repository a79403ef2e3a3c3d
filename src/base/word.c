/* SPDX-License-Identifier: ISC */
#include "base/word.h"

#include <errno.h>
#include <strings.h>

int word_find(const char *const *words, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(word, words[i]))
			return (int)i;
	return -EINVAL;
}

/* Of letters that are alike in any case the lowest five bits are. */
static bool may_begin_alike(const char *known, struct slice word)
{
	return word.n && ((known[0] ^ word.p[0]) & 31) == 0;
}

int word_find_anycase(const char *const *words, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++)
		if (may_begin_alike(words[i], word) && strlen(words[i]) == word.n &&
		    strncasecmp(words[i], word.p, word.n) == 0)
			return (int)i;
	return -EINVAL;
}
