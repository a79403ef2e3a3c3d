/* SPDX-License-Identifier: ISC */
#pragma once

/* Grouping by the family of peers' addresses, IPv4 or IPv6.
 *
 * Counters have no addresses: all that is counted is of no known family at first, and what a peer
 * is named for is moved to that of its address.  So rows add up whichever peers a store keeps.
 * Peers are kept by UTC day, hence these are whole days (listing_query()), and in no buckets. */

#include "report/tally.h"
#include "report/view.h"

/* Whether the tally is grouped so. */
bool family_is_asked_for(const struct tally_plan *plan);

/* Adds all that passes the filters; what is not named for sure is told. */
int family_add(struct report *report, struct tally *tally, struct diag *d);
