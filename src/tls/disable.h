/* SPDX-License-Identifier: ISC */
#pragma once

/* What somebody thinks of switching off, all at once: protocols, properties of suites, single
 * suites, groups, or whatever a policy does not want.
 *
 * Words: a protocol (TLSv1.0); a property (RC4, 3DES, CBC, DHE, kx=RSA, group=x25519 ...); a
 * suite's name in any spelling; a policy's name, which stands for all that it calls broken or
 * unlisted.  Case does not matter, and twice is once.  Another word is refused with the nearest
 * that would do. */

#include "tls/policy.h"

#define DISABLE_MAX 16

struct disable_item {
	char *name;		     /* as it is usually written */
	char *as_given;		     /* a suite's spelling, else NULL */
	struct condition when;	     /* without a policy */
	const struct policy *policy; /* else NULL; borrowed */
};

/* {0} is empty; disable_clear() gives back what the items own. */
struct disable {
	struct disable_item items[DISABLE_MAX];
	size_t count;
};

/* policies may be NULL. */
int disable_add(
    struct disable *set, const char *word, const struct policy_set *policies, struct diag *d);
void disable_clear(struct disable *set);

/* Whether what was negotiated would be gone: by this item, by any. */
enum match disable_item_match(
    const struct disable_item *item, enum scope scope, const struct subject *subject);
enum match disable_match(
    const struct disable *set, enum scope scope, const struct subject *subject);

/* Whether everything of this version would be gone, whatever the suite. */
bool disable_takes_protocol(const struct disable *set, enum scope scope, enum protocol protocol);

/* Whether every suite with this property would be gone from the versions before TLSv1.3 that stay;
 * false for a word that is no property of a suite, and where none of them stays. */
bool disable_takes_property(const struct disable *set, enum scope scope, const char *word);

#define _cleanup_disable_ _cleanup_(disable_clear)
