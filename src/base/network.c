/* SPDX-License-Identifier: ISC */
#include "base/network.h"

#include "base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAPPED_BITS 96 /* in front of an IPv4 address within IPv6 */

static bool starts_equal(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* Zeroes the bits behind the mask; whether there were others than zeroes. */
static bool cut(struct address *a, unsigned bits)
{
	struct address whole = *a;

	for (unsigned i = 0; i < sizeof(a->bytes); i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * i : 0;

		a->bytes[i] &= (unsigned char)(kept >= 8 ? 0xff : 0xff00 >> kept);
	}
	return memcmp(whole.bytes, a->bytes, sizeof(a->bytes)) != 0;
}

/* 0..128, or a negative number. */
static int read_bits(struct slice text)
{
	int bits = 0;

	if (text.n == 0 || text.n > 3)
		return -EINVAL;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -EINVAL;
		bits = 10 * bits + (text.p[i] - '0');
	}
	return bits <= 128 ? bits : -EINVAL;
}

static int refuse_address(
    struct slice text, const struct address *first, unsigned bits, struct diag *d)
{
	char to[ADDRESS_TEXT_MAX];
	size_t n = address_write(first, to);

	return diag_set(d, EINVAL, NULL, 0, 0,
	    "'%.*s' is an address within %.*s/%u: write that for the network, or the address alone",
	    SLICE_FMT(text), (int)n, to, bits);
}

int network_parse(struct slice text, struct network *ret, struct diag *d)
{
	size_t slash = slice_find(text, '/');
	struct slice address = slice_first(text, slash);
	struct network network = {0};
	int bits;

	if (memchr(text.p ? text.p : "", '%', text.n) || !address_parse(address, &network.address))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%.*s' is not a network: write 192.0.2.0/24, 2001:db8::/32 or one address",
		    SLICE_FMT(text));
	bits = network.address.is_v6 ? 128 : 32;
	if (slash < text.n) {
		int most = bits;

		bits = read_bits(slice_skip(text, slash + 1));
		if (bits >= 0 && most == 32 && memchr(address.p, ':', address.n))
			bits -= MAPPED_BITS;
		if (bits < 0 || bits > most)
			return diag_set(d, EINVAL, NULL, 0, 0,
			    "'%.*s' has no mask behind its '/': a number of bits up to %d",
			    SLICE_FMT(text), most);
	}
	network.bits = (unsigned)bits;
	if (cut(&network.address, network.bits))
		return refuse_address(text, &network.address, network.bits, d);
	*ret = network;
	return 0;
}

int networks_add(struct networks *list, const struct network *network)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct network *other = &list->p[i];

		if (other->bits == network->bits &&
		    other->address.is_v6 == network->address.is_v6 &&
		    starts_equal(other->address.bytes, network->address.bytes, network->bits))
			return -EEXIST;
	}
	if (list->n == NETWORKS_MAX)
		return -E2BIG;
	list->p = memory_grow(list->p, list->n + 1, sizeof(*list->p));
	list->p[list->n++] = *network;
	return 0;
}

void networks_free(struct networks *list)
{
	free(list->p);
	*list = (struct networks){0};
}

bool networks_match(const struct networks *list, struct slice address)
{
	struct address a;

	if (list->n == 0 || !address_parse(address, &a))
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (list->p[i].address.is_v6 == a.is_v6 &&
		    starts_equal(list->p[i].address.bytes, a.bytes, list->p[i].bits))
			return true;
	return false;
}
