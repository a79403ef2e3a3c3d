/* SPDX-License-Identifier: ISC */
#pragma once

/* Log lines into a file, fast: a block at a time, and with a small formatter of its own, as half of
 * the generator's time would go into printf().
 *
 * output_format() knows
 *   %s const char *        %d uint32_t     %6 uint32_t in six digits     %% a percent sign
 *   %q uint64_t as a Postfix queue id      %i uint64_t as an Exim message id
 *   %x uint64_t as 16 hex digits           %b uint64_t as 11 characters of base64
 *   %n %a %p const struct peer *: name, address, name[address]
 *   %c const struct suite *: protocol with cipher NAME (used/alg bits)
 *   %k const struct suite *: Exim's PROTOCOL:CIPHER:BITS
 * and what it draws itself, from left to right (arguments that draw have no order):
 *   %r uint32_t n: a number below n     %u a user     %Q %X %B as the small letters, of any number
 * An unknown letter ends the process.  A line may have OUTPUT_LINE bytes. */

#include "random.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUT_BLOCK (1 << 20)
#define OUTPUT_LINE 4096

struct world;

struct output {
	int fd;
	struct random *random;
	const struct world *world;
	uint64_t written; /* bytes, without those still in the block */
	size_t n;
	char block[OUTPUT_BLOCK + OUTPUT_LINE];
};

void output_format(struct output *o, const char *format, ...);
void output_vformat(struct output *o, const char *format, va_list arguments);
void output_end_line(struct output *o);
void output_flush(struct output *o); /* a write that fails ends the process */
