/* SPDX-License-Identifier: ISC */
#pragma once

#include <stdint.h>

/* Seconds of a clock that is never set, for how long something has been so; always above 0. */
int64_t steady_seconds(void);
