/* SPDX-License-Identifier: ISC */
#pragma once

/* How often bytes stand in mail logs, alone and together: in some lines of the common kinds. */

#include "parse/window.h"

struct typical {
	size_t bytes;
	uint16_t single[256], pair[256][256];
	uint16_t window[WINDOW_HASHES]; /* by window_hash(): a few share a place */
};

void typical_count(struct typical *ret);
