/* SPDX-License-Identifier: ISC */
#pragma once

/* The first bytes of a compressed member: 1 they are magic, 0 they are not, -EAGAIN they are the
 * beginning of it and the head ends there.  */

#include "base/slice.h"
#include <errno.h>

static inline int archive_magic(struct slice head, struct slice magic)
{
	size_t n = head.n < magic.n ? head.n : magic.n;

	if (n == 0 || memcmp(head.p, magic.p, n) != 0)
		return 0;
	return n == magic.n ? 1 : -EAGAIN;
}
