/* SPDX-License-Identifier: ISC */
#pragma once

/* How often bytes stand in mail logs, alone and together: in some lines of the common kinds. */

#include <stddef.h>
#include <stdint.h>

#define TYPICAL_QUADS 65536

struct typical {
	size_t bytes;
	uint16_t single[256], pair[256][256];
	uint16_t quad[TYPICAL_QUADS]; /* by typical_quad(): a few share a place */
};

/* The place of four bytes. */
size_t typical_quad(const char bytes[static 4]);

void typical_count(struct typical *ret);
