/* SPDX-License-Identifier: ISC */
#pragma once

/* A YAML document as a tree in which every node knows its place.
 *
 * Scalars are text and stay text: `yes`, `on` and `1.0` are never typed.  A scalar tagged !!binary
 * is decoded (base64), so it may hold any byte.  Refused with file, line and column: a key twice in
 * one mapping, a key that is not a scalar, anchors and aliases, more than one document, nesting
 * deeper than 16, a file above 4 MiB: -EINVAL.  A file with nothing in it is -ENODATA.  The tree
 * owns everything; yaml_tree_free() gives it back. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	unsigned line, column; /* from 1 */
	struct slice text;     /* of a scalar; NUL-terminated all the same */
	bool plain;	       /* a scalar written without quotes or block mark */
	bool block;	       /* a scalar behind `|`: its lines stand from the next line on */
	size_t count;	       /* of a list or mapping */
	struct yaml **items;
	struct yaml **keys; /* of a mapping: scalars */
};

int yaml_tree_load(const char *path, struct yaml **ret, struct diag *d);
/* name stands for the file in diagnoses. */
int yaml_tree_parse(struct slice text, const char *name, struct yaml **ret, struct diag *d);
struct yaml *yaml_tree_free(struct yaml *node);

/* The value of a key of a mapping, NULL if it is not there. */
struct yaml *yaml_tree_get(const struct yaml *map, const char *key);

DEFINE_CLEANUP(struct yaml, yaml_tree_free);
#define _cleanup_yaml_ _cleanup_(yaml_tree_free_p)
