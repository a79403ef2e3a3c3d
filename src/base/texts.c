/* SPDX-License-Identifier: ISC */
#include "base/texts.h"

#include "base/memory.h"
#include <stdlib.h>

size_t texts_count(char *const *texts)
{
	size_t n = 0;

	while (texts && texts[n])
		n++;
	return n;
}

char **texts_copy(char *const *texts)
{
	size_t n = texts_count(texts);
	char **copy = memory_array(n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = memory_string(texts[i]);
	return copy;
}

char **texts_free(char **texts)
{
	for (size_t i = 0; texts && texts[i]; i++)
		free(texts[i]);
	free(texts);
	return NULL;
}
