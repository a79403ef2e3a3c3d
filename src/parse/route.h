/* SPDX-License-Identifier: ISC */
#pragma once

/* Which patterns may take a line: from the literals that stand in it and the program that wrote it
 * straight to the few that have one of them and are of it.
 *
 * Lines of one kind hold the same literals, so a way that was found is kept for the next. */

#include "base/macros.h"
#include "parse/literal.h"
#include "parse/pattern.h"

/* A pattern that may take the line. */
struct route_step {
	const struct pattern *pattern;
	const struct ident *ident; /* that claims the line; NULL: its mta has to be asked */
	size_t mta;
};

struct route {
	const struct route_step *steps, *end; /* in the order in which they are tried */
};

struct route_map;

struct route_map *route_map_new(const struct mta *const *mtas, size_t count);
struct route_map *route_map_free(struct route_map *map);

/* The way of a line in which the literals `found` stand.  claims: which ident of each mta claims
 * its program as a header of syslog names it, NULL if it has no such header; the same pointer tells
 * the same idents, until route_map_forget().  The answer is valid until the next call. */
struct route route_find(
    struct route_map *map, const struct literal_bits *found, const struct ident *const *claims);
void route_map_forget(struct route_map *map);

DEFINE_CLEANUP(struct route_map, route_map_free);
