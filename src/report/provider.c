/* SPDX-License-Identifier: ISC */
#include "report/provider.h"

#include "base/address.h"
#include <ctype.h>
#include <string.h>

/* Second levels below which registries sell names. */
static bool is_second_level(struct slice label)
{
	static const char *const labels[] = {
	    "co", "com", "net", "org", "gov", "gob", "gouv", "edu", "ac", "or", "ne", "go", "gv"};

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (slice_is(label, labels[i]))
			return true;
	return false;
}

/* The label before `end`, and where it begins. */
static struct slice label_before(const char *name, size_t end, size_t *ret_start)
{
	size_t start = end;

	while (start && name[start - 1] != '.')
		start--;
	*ret_start = start;
	return (struct slice){name + start, end - start};
}

void provider_of(const char *name, struct buffer *to)
{
	_cleanup_buffer_ struct buffer low = {0};
	char address[ADDRESS_TEXT_MAX];
	size_t n = strlen(name), top, second, third;
	struct slice label;

	if (n && name[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++)
		buffer_char(&low, (char)tolower((unsigned char)name[i]));
	if (!low.n || address_fold(buffer_slice(&low), address))
		return;
	label = label_before(low.p, n, &top);
	if (!label.n || !top)
		return;
	n = label.n;
	label = label_before(low.p, top - 1, &second);
	if (!label.n)
		return;
	if (n == 2 && second && is_second_level(label) && label_before(low.p, second - 1, &third).n)
		second = third;
	buffer_text_add(to, low.p + second);
}
