/* SPDX-License-Identifier: ISC */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

/* As inet_pton(3) reads it, in a tenth of the time: every peer of every line goes through here. */
static bool parse_v4(struct slice text, unsigned char bytes[4])
{
	size_t at = 0;

	for (int i = 0; i < 4; i++) {
		unsigned value = 0;
		size_t begin = at;

		while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9' && at - begin < 3)
			value = 10 * value + (unsigned)(text.p[at++] - '0');
		if (at == begin || value > 255 || (at - begin > 1 && text.p[begin] == '0'))
			return false;
		bytes[i] = (unsigned char)value;
		if (i < 3 && (at == text.n || text.p[at++] != '.'))
			return false;
	}
	return at == text.n;
}

bool address_parse(struct slice text, struct address *ret)
{
	char copy[ADDRESS_TEXT_MAX];
	struct in6_addr v6;

	ret->is_v6 = false;
	ret->is_written = parse_v4(text, ret->bytes);
	if (ret->is_written)
		return true;
	if (text.n > 5 && text.p[4] == ':' && strncasecmp(text.p, "IPv6:", 5) == 0)
		text = slice_skip(text, 5);
	text.n = slice_find(text, '%');
	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, '\0', text.n))
		return false;
	ret->is_v6 = memchr(text.p, ':', text.n) != NULL;
	if (!ret->is_v6)
		return parse_v4(text, ret->bytes);
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET6, copy, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		memcpy(ret->bytes, v6.s6_addr + 12, 4);
		ret->is_v6 = false;
	} else {
		memcpy(ret->bytes, v6.s6_addr, 16);
	}
	return true;
}

static char *write_number(char *to, unsigned value)
{
	if (value >= 100)
		*to++ = (char)('0' + value / 100);
	if (value >= 10)
		*to++ = (char)('0' + value / 10 % 10);
	*to++ = (char)('0' + value % 10);
	return to;
}

static char *write_group(char *to, unsigned group)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = digits[group >> shift & 15];
	return to;
}

/* The first of the longest runs of two and more groups that are 0; its length, 0 if there is none.
 */
static size_t longest_zeros(const unsigned groups[8], size_t *ret_at)
{
	size_t longest = 1;

	for (size_t i = 0, run; i < 8; i += run + 1) {
		for (run = 0; i + run < 8 && groups[i + run] == 0;)
			run++;
		if (run > longest) {
			longest = run;
			*ret_at = i;
		}
	}
	return longest > 1 ? longest : 0;
}

/* RFC 5952 section 4. */
static char *write_v6(char *to, const unsigned char bytes[16])
{
	unsigned groups[8];
	size_t zeros, at = 8;

	for (size_t i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = longest_zeros(groups, &at);
	for (size_t i = 0; i < 8; i++) {
		if (zeros && i == at) {
			*to++ = ':';
			i += zeros - 1;
			if (i == 7)
				*to++ = ':';
			continue;
		}
		if (i > 0)
			*to++ = ':';
		to = write_group(to, groups[i]);
	}
	return to;
}

size_t address_write(const struct address *a, char to[ADDRESS_TEXT_MAX])
{
	char *end = to;

	if (a->is_v6)
		return (size_t)(write_v6(to, a->bytes) - to);
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*end++ = '.';
		end = write_number(end, a->bytes[i]);
	}
	return (size_t)(end - to);
}

size_t address_fold(struct slice text, char to[ADDRESS_TEXT_MAX])
{
	struct address a;

	return address_parse(text, &a) ? address_write(&a, to) : 0;
}

size_t address_net(struct slice text, char to[ADDRESS_TEXT_MAX])
{
	struct address a;
	size_t n;

	if (!address_parse(text, &a))
		return 0;
	if (a.is_v6)
		memset(a.bytes + 6, 0, 10);
	else
		a.bytes[3] = 0;
	n = address_write(&a, to);
	memcpy(to + n, a.is_v6 ? "/48" : "/24", sizeof("/24"));
	return n + strlen("/24");
}

bool address_is_loopback(const struct address *a)
{
	static const unsigned char loopback[16] = {[15] = 1};

	return a->is_v6 ? memcmp(a->bytes, loopback, sizeof(loopback)) == 0 : a->bytes[0] == 127;
}

bool address_is_local(struct slice text)
{
	struct address a;

	if (text.n == 0)
		return false;
	/* Postfix logs a socket below its queue directory: relay=mx1[private/dovecot-lmtp]. */
	if (memchr(text.p, '/', text.n) || slice_is(text, "local"))
		return true;
	return address_parse(text, &a) && address_is_loopback(&a);
}
