/* SPDX-License-Identifier: ISC */
#pragma once

/* What the service follows, and with what: made of the command line and the configuration. */

#include "cmd/config.h"
#include "cmd/feed.h"

/* What the command line says over the configuration; NULL, 0 or false: nothing. */
struct plan_request {
	const char *config, *store, *patterns, *zone;
	const char *host;
	int64_t poll;		    /* seconds; > 0: look so often and do not wait to be told */
	const char *const *sources; /* instead of the configuration's */
	size_t source_count;
};

struct plan {
	struct config *config;
	struct pattern_set *patterns;
	struct zone *zone;
	const char *store;		     /* its path */
	struct feed_environment environment; /* the service sets its store */
	struct feed **feeds;
	size_t feed_count;
};

/* Reads everything that is named and makes the feeds, which touch nothing before they are opened.
 * -errno; what is wrong is logged. */
int plan_make(const struct plan_request *request, struct plan **ret);
struct plan *plan_free(struct plan *plan);

DEFINE_CLEANUP(struct plan, plan_free);
#define _cleanup_plan_ _cleanup_(plan_free_p)
