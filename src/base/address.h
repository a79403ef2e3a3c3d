/* SPDX-License-Identifier: ISC */
#pragma once

/* Network addresses as text. */

#include "base/slice.h"
#include <stdbool.h>

#define ADDRESS_TEXT_MAX 48

/* In network byte order; an IPv4-mapped one is IPv4, in the first four bytes. */
struct address {
	unsigned char bytes[16];
	bool is_v6;
	bool is_written; /* the text was an IPv4 address as address_write() would write it */
};

/* Takes `IPv6:` in front and a zone behind, and nothing else that is no address.  *ret is nothing
 * then. */
bool address_parse(struct slice text, struct address *ret);
/* RFC 5952 text; its length. */
size_t address_write(const struct address *a, char to[ADDRESS_TEXT_MAX]);

/* Writes the address as RFC 5952 text (an IPv4-mapped one as IPv4, without `IPv6:` in front or a
 * zone behind) and returns its length; 0 if the text is no address, and then nothing is written. */
size_t address_fold(struct slice text, char to[ADDRESS_TEXT_MAX]);

/* The same for the network that the address is in: an IPv4 one's /24, an IPv6 one's /48. */
size_t address_net(struct slice text, char to[ADDRESS_TEXT_MAX]);

bool address_is_loopback(const struct address *a);

/* Loopback (127.0.0.0/8, ::1), a path of a unix socket, or the word "local". */
bool address_is_local(struct slice text);
