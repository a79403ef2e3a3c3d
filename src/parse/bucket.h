/* SPDX-License-Identifier: ISC */
#pragma once

/* Which windows (parse/window.h) share a bucket of the scan.
 *
 * A bucket knows, for each place of a window, the low and the high halves of the bytes that its
 * windows have there, and takes every byte that is made of such halves: the fewer a bucket has, the
 * fewer places of a log look like one of its windows.  Windows are put together one pair after the
 * other, always the two whose bucket takes the least more of what mail logs are full of. */

#include "parse/window.h"
#include <stdint.h>

#define BUCKETS 8 /* a bit of a byte each */

/* A bit for each half of a byte that may stand there. */
struct bucket {
	uint16_t low[WINDOW], high[WINDOW];
};

/* The bucket of one window of `length` bytes: behind a shorter one any byte may follow. */
void bucket_of(const char *window, size_t length, struct bucket *ret);

/* Puts `count` windows into at most BUCKETS buckets, whose number is returned; ret_number[i] is the
 * one that the ith is in. */
size_t buckets_merge(const struct window_chooser *chooser, const struct bucket *windows,
    size_t count, size_t *ret_number, struct bucket ret[BUCKETS]);
