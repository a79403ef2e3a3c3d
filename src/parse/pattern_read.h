/* SPDX-License-Identifier: ISC */
#pragma once

/* Reads one entry of a pattern file's `patterns:` and the sub-regexes of its `define:`. */

#include "base/yaml_read.h"
#include "parse/pattern.h"

/* Named sub-regexes, each already expanded. */
struct definitions {
	struct slice *names, *texts;
	size_t count;
};

int definitions_read(struct yaml_read *in, const struct yaml *map, struct definitions *ret);
void definitions_free(struct definitions *definitions);

/* Compiles the expression that `at` is; whole: it must match to the subject's end. */
int regex_read(struct yaml_read *in, const struct definitions *definitions, const struct yaml *at,
    bool whole, struct regex **ret);

/* ret is filled as far as reading came, also on failure: pattern_clear() gives it back. */
int pattern_read(struct yaml_read *in, const struct mta *mta, const struct definitions *definitions,
    const struct yaml *node, struct pattern *ret);
void pattern_clear(struct pattern *pattern);

/* no-shared-cipher, unsupported-protocol, ... */
bool reason_class_known(struct slice word);
