/* SPDX-License-Identifier: ISC */
#pragma once

/* How often bytes, and pairs of them, stand in mail logs: in some lines of the common kinds. */

#include <stddef.h>
#include <stdint.h>

struct typical {
	size_t bytes;
	uint16_t single[256], pair[256][256];
};

void typical_count(struct typical *ret);
