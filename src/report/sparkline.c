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

static const char *bar(double share, double highest, bool utf8)
{
	static const char *const bars[HEIGHTS] = {
	    "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	static const char *const ramp[HEIGHTS] = {".", ":", "-", "=", "+", "*", "#", "@"};
	int height;

	if (share <= 0)
		return utf8 ? "\u00b7" : "_";
	height = (int)(share / highest * HEIGHTS);
	if (height == HEIGHTS)
		height--;
	return utf8 ? bars[height] : ramp[height];
}

void sparkline(struct buffer *to, const struct series *series, size_t width, bool utf8)
{
	size_t count = series->count < width ? series->count : width;
	double *shares = memory_array(count, sizeof(*shares)), highest = 0;

	for (size_t i = 0, point = 0; i < count; i++) {
		int64_t part = 0, whole = 0;

		for (; point * count / series->count == i && point < series->count; point++) {
			part += series->points[point].part;
			whole += series->points[point].whole;
		}
		shares[i] = whole ? (double)part / (double)whole : -1;
		highest = shares[i] > highest ? shares[i] : highest;
	}
	for (size_t i = 0; i < count; i++)
		buffer_text_add(to, shares[i] < 0 ? " " : bar(shares[i], highest, utf8));
	free(shares);
}
