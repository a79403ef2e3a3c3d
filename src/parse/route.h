/* SPDX-License-Identifier: ISC */
#pragma once

/* Which patterns may take a line: from the literals that stand in it straight to the few that have
 * one of them.
 *
 * A pattern's place is its number among all patterns of all MTAs, in the order in which they are
 * tried. */

#include "base/macros.h"
#include "parse/literal.h"
#include "parse/pattern.h"

struct route;

struct route *route_new(const struct mta *const *mtas, size_t count);
struct route *route_free(struct route *r);

/* Forgets the last line and looks at one in which the literals `found` stand. */
void route_line(struct route *r, const struct literal_bits *found);

/* The first place from `from` on whose pattern may take the line; SIZE_MAX if there is none. */
size_t route_next(const struct route *r, size_t from);

/* The MTA of a place, and the places of an MTA: from the first up to the first of the next. */
size_t route_mta(const struct route *r, size_t place);
size_t route_first(const struct route *r, size_t mta);

DEFINE_CLEANUP(struct route, route_free);
