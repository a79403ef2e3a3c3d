/* SPDX-License-Identifier: ISC */
#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define FAR (NEAREST_MAX + 1) /* further than any two words are apart */

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, in three rows of the usual matrix: two letters may swap once.  Who
 * wrote only how a long name begins meant it, so how far b's nearest beginning is counts first. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1], n = strlen(b);
	size_t *before = rows[0], *last = rows[1], *row = rows[2], nearest;

	for (size_t k = 0; k <= n; k++)
		last[k] = k;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t k = 1; k <= n; k++) {
			row[k] = least(last[k], row[k - 1]) + 1;
			row[k] = least(row[k], last[k - 1] + (same(a[i - 1], b[k - 1]) ? 0 : 1));
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]))
				row[k] = least(row[k], before[k - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	nearest = last[n];
	for (size_t k = 0; k < n; k++)
		nearest = least(nearest, last[k]);
	return nearest * FAR + last[n];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	const char *nearest = NULL;
	size_t best = 0;

	if (strlen(word) > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t d = strlen(words[i]) > NEAREST_MAX ? FAR * FAR : distance(word, words[i]);

		if (!nearest || d < best) {
			nearest = words[i];
			best = d;
		}
	}
	return nearest;
}

const char *nearest_meant(const char *word, const char *const *words, size_t count)
{
	const char *nearest = nearest_word(word, words, count);

	return nearest && same(nearest[0], word[0]) ? nearest : NULL;
}

void nearest_advise(struct buffer *to, const char *word, const char *const *words, size_t count)
{
	const char *meant = nearest_meant(word, words, count);

	if (meant)
		buffer_printf(to, "did you mean \"%s\"?  Expected one of ", meant);
	else
		buffer_text_add(to, "expected one of ");
	for (size_t i = 0; i < count; i++)
		buffer_printf(to, "%s%s", i ? ", " : "", words[i]);
}
