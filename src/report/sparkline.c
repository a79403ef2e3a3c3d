/* SPDX-License-Identifier: ISC */
#include "report/sparkline.h"

#include "base/memory.h"
#include <langinfo.h>
#include <string.h>

#define HEIGHTS 8

bool locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void sparkline(struct buffer *to, const int64_t *numbers, size_t count, size_t width, bool utf8)
{
	static const char *const bars[HEIGHTS] = {
	    "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	static const char *const ramp[HEIGHTS] = {".", ":", "-", "=", "+", "*", "#", "@"};
	size_t bar_count = count < width ? count : width;
	int64_t *sums = memory_array(bar_count, sizeof(*sums)), highest = 0;

	for (size_t i = 0; i < count && bar_count; i++)
		sums[i * bar_count / count] += numbers[i];
	for (size_t i = 0; i < bar_count; i++)
		highest = sums[i] > highest ? sums[i] : highest;
	for (size_t i = 0; i < bar_count; i++) {
		int height = highest ? (int)((double)sums[i] / (double)highest * HEIGHTS) : 0;

		if (height == HEIGHTS)
			height--;
		buffer_text_add(to, !sums[i] ? " " : utf8 ? bars[height] : ramp[height]);
	}
	free(sums);
}
