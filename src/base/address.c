/* SPDX-License-Identifier: ISC */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

static bool parse(struct slice text, struct in6_addr *ret6, struct in_addr *ret4, int *ret_family)
{
	char copy[ADDRESS_TEXT_MAX];

	if (text.n > 5 && strncasecmp(text.p, "IPv6:", 5) == 0)
		text = slice_skip(text, 5);
	text.n = slice_find(text, '%');
	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*ret_family = memchr(text.p, ':', text.n) ? AF_INET6 : AF_INET;
	if (*ret_family == AF_INET)
		return inet_pton(AF_INET, copy, ret4) == 1;
	if (inet_pton(AF_INET6, copy, ret6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(ret6)) {
		memcpy(ret4, ret6->s6_addr + 12, 4);
		*ret_family = AF_INET;
	}
	return true;
}

size_t address_fold(struct slice text, char to[ADDRESS_TEXT_MAX])
{
	struct in6_addr v6;
	struct in_addr v4;
	int family;

	if (!parse(text, &v6, &v4, &family))
		return 0;
	inet_ntop(family, family == AF_INET ? (void *)&v4 : (void *)&v6, to, ADDRESS_TEXT_MAX);
	return strlen(to);
}

size_t address_net(struct slice text, char to[ADDRESS_TEXT_MAX])
{
	struct in6_addr v6;
	struct in_addr v4;
	size_t n;
	int family;

	if (!parse(text, &v6, &v4, &family))
		return 0;
	if (family == AF_INET)
		v4.s_addr &= htonl(0xffffff00);
	else
		memset(v6.s6_addr + 6, 0, 10);
	inet_ntop(family, family == AF_INET ? (void *)&v4 : (void *)&v6, to, INET6_ADDRSTRLEN);
	n = strlen(to);
	memcpy(to + n, family == AF_INET ? "/24" : "/48", sizeof("/24"));
	return n + strlen("/24");
}

bool address_is_local(struct slice text)
{
	struct in6_addr v6;
	struct in_addr v4;
	int family;

	if (text.n == 0)
		return false;
	/* Postfix logs a socket below its queue directory: relay=mx1[private/dovecot-lmtp]. */
	if (memchr(text.p, '/', text.n) || slice_is(text, "local"))
		return true;
	if (!parse(text, &v6, &v4, &family))
		return false;
	return family == AF_INET ? ntohl(v4.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&v6);
}
