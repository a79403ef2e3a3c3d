/* SPDX-License-Identifier: ISC */
#pragma once

/* What a store holds, in numbers, and whether they agree with each other. */

#include "base/diag.h"
#include "parse/fact.h"
#include "store/peer_policy.h"
#include "store/store.h"
#include <stdint.h>

struct store_info {
	char uuid[40];
	int schema;
	int64_t created; /* UTC seconds */
	int64_t size;	 /* bytes of the file */
	int64_t rev;
	char zone[64];		       /* of its days */
	int64_t rolled_until;	       /* hours before are rolled up into days, 0: none are */
	int64_t first_hour, last_hour; /* 0 if nothing is counted */
	int64_t facts[FACT_KIND_MAX], untimed;
	int64_t tuples, streams, sources;
	int64_t lines, near_misses;
	struct peer_policy policy;
	int64_t peers, weak_peers; /* different ones that are kept */
	int64_t other_peers;	   /* facts of those beyond the bound of a day */
	int64_t first_peer_day;	   /* 0 if there is none */
};

int store_info(struct store *s, struct store_info *ret, struct diag *d);

/* Texts in a fixed order: the hosts, the MTAs, the dimensions with how many facts were folded. */
enum store_texts { STORE_HOSTS, STORE_MTAS, STORE_FOLDED };
typedef int (*store_text_fn)(void *context, const char *text, int64_t n);
int store_texts(
    struct store *s, enum store_texts which, store_text_fn row, void *context, struct diag *d);

/* Calls problem with one sentence for each thing that is wrong; returns how many, or a negative
 * errno with a diagnosis. */
typedef void (*store_problem_fn)(void *context, const char *sentence);
int store_check(struct store *s, store_problem_fn problem, void *context, struct diag *d);
