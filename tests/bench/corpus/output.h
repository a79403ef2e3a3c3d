/* SPDX-License-Identifier: ISC */
#pragma once

/* Log lines into a file, fast: a block at a time, and with a small formatter of its own, as half of
 * the generator's time would go into printf().
 *
 * output_format() knows
 *   %s const char *        %d uint32_t          %2 uint32_t, two digits     %6 uint32_t, six digits
 *   %q uint64_t as a Postfix queue id           %x uint64_t as 16 hex digits
 *   %b uint64_t as 11 characters of base64      %n %a %p const struct peer *: name, address,
 *                                               name[address]
 *   %i uint64_t as an Exim message id           %k const struct suite *: Exim's
 * PROTOCOL:CIPHER:BITS %c const struct suite *: protocol with cipher NAME (used/alg bits)      %% a
 * percent sign and takes nothing else; an unknown letter ends the process.  A line may have
 * OUTPUT_LINE bytes. */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUT_BLOCK (1 << 20)
#define OUTPUT_LINE 4096

struct output {
	int fd;
	uint64_t written; /* bytes, without those still in the block */
	size_t n;
	char block[OUTPUT_BLOCK + OUTPUT_LINE];
};

void output_format(struct output *o, const char *format, ...);
void output_vformat(struct output *o, const char *format, va_list arguments);
void output_end_line(struct output *o);
void output_flush(struct output *o); /* a write that fails ends the process */
