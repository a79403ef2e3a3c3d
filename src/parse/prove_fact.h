/* SPDX-License-Identifier: ISC */
#pragma once

/* A fact held against the `field: value` mapping of a sample.
 *
 * Fields that the mapping does not name are not compared; `null` says the log does not tell.  A
 * protocol may be written as logged or by its canonical name, a cipher as logged. */

#include "base/yaml.h"
#include "parse/fact.h"

/* The time at which samples are read: late enough that no stamp lies ahead of it. */
#define PROOF_TIME INT64_C(4133894400) /* 2100-12-31 */

/* False with the reason appended to why. */
bool fact_fits(const struct fact *fact, const struct yaml *expected, struct buffer *why);
void fact_describe(const struct fact *fact, struct buffer *to);
