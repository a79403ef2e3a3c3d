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

int word_find_anycase(const char *const *words, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == word.n && strncasecmp(words[i], word.p, word.n) == 0)
			return (int)i;
	return -EINVAL;
}
