/* SPDX-License-Identifier: ISC */
#pragma once

/* Reading a store: counters with their dimensions, coverage, and what the store covers.
 *
 * Hours that are old were rolled up into days of the store's zone (query_rolled()).  Such a day is
 * given as one hour, the second it begins at, and a bound within it is floored to its start.
 *
 * What was counted with a stamp that cannot be true is in hour 0: a query with since == INT64_MIN
 * gives it too, one with a bounded since does not.
 *
 * Rows come through a callback in a fixed order (hour, then the dimensions as text), so the same
 * store always gives the same report.  Texts in a row are owned by the store and live until
 * query_end().  All queries between query_begin() and query_end() see one snapshot, whatever a
 * writer does meanwhile.  Errors are negative errno with a diagnosis. */

#include "base/diag.h"
#include "parse/fact.h"
#include "store/peer_policy.h"
#include "tls/cipher.h"
#include "tls/group.h"
#include <stdint.h>

struct store;

/* The text of a dimension that had no room for one more. */
#define TUPLE_OTHER "(other)"

/* A combination of dimensions.  "" in a text and -1 in a number: the log did not tell. */
struct tuple {
	int64_t id;
	const char *host, *mta;
	enum fact_kind fact;
	enum direction direction;
	enum service service;
	enum unit unit;
	bool internal;
	const char *protocol_raw, *cipher_raw, *group_raw, *signature_raw; /* as logged */
	int bits;
	enum verify verify;
	int resumed, mail, auth;
	const char *reason; /* class */

	/* Derived from the above by src/tls/. */
	enum protocol protocol;
	const char *cipher; /* IANA name, or as logged where it cannot be rendered */
	struct cipher suite;
	const char *group, *signature;
	enum post_quantum post_quantum;
};

struct query {
	int64_t since,
	    until;   /* UTC seconds, floored to the hour: since inclusive, until exclusive */
	bool hourly; /* a row for each hour and tuple, else one for each tuple and the last hour */
	const struct zone
	    *daily; /* of hourly: hours of a day of this zone are one row, of the last */
};

int query_begin(struct store *store, struct diag *d);
void query_end(struct store *store);

/* Rows before *ret_until (0: there are none) are days of that zone; between query_begin() and
 * query_end(). */
void query_rolled(const struct store *store, int64_t *ret_until, const char **ret_zone);

/* Where a query's bound really is: the start of its hour, or of its day before *ret_until. */
int64_t query_floor(const struct store *store, int64_t bound);

typedef int (*query_count_fn)(void *context, int64_t hour, const struct tuple *tuple, int64_t n);
int query_counts(struct store *store, const struct query *query, query_count_fn row, void *context,
    struct diag *d);

/* One row for each source, host and mta, over the queried time, in order of class, source, host and
 * mta; lines, overlong, bad_time, unparsed and evicted are the source's, over all time, and are
 * given with each of its rows.  A source that had no line of interest then has one row with "" for
 * host and mta and -1 for its first and last hour. */
struct coverage {
	const char *source, *class, *host, *mta;
	int64_t first_event, last_event; /* UTC seconds of the first and last hour seen, or -1 */
	int64_t lines;			 /* read from this source, of all kinds */
	int64_t matched, ignored, near_miss, limit_hit;
	int64_t overlong, bad_time, unparsed;
	int64_t evicted;     /* sessions that were ended early, as there was no room for more */
	int64_t gap_seconds; /* of the source, within the queried time */
	int64_t gaps;	     /* how many, also those that took no time or are not known to */
	int64_t latest;	     /* the stamp of the source's latest line, over all time; 0: none */
};

typedef int (*query_coverage_fn)(void *context, const struct coverage *row);
int query_coverage(struct store *store, const struct query *query, query_coverage_fn row,
    void *context, struct diag *d);

/* A source that a service follows and that at `now` has been silent for longer than is its way
 * (sql/query/silence.sql); in order of class and name. */
struct silent_source {
	struct slice source; /* valid in the callback */
	int64_t latest;	     /* UTC seconds: its latest event */
	int64_t longest;     /* seconds: its longest pause in the four weeks before */
};

typedef int (*query_silence_fn)(void *context, const struct silent_source *row);
int query_silence(
    struct store *store, int64_t now, query_silence_fn row, void *context, struct diag *d);

/* The first and the last hour with a counter; 0 if there is one, -ENODATA in an empty store. */
int query_span(struct store *store, int64_t *ret_first, int64_t *ret_last, struct diag *d);

/* Peers, one row for each day, peer, user, domain and tuple, in order of day, peer, user, domain
 * and id of the tuple.  A day is a UTC day, and is given whole if any of it is within the query's
 * time.  handshakes, sessions and failures: one of them is not 0, as the tuple's fact says.  These
 * texts live while the callback runs; the tuple until query_end(). */
#define QUERY_OTHER "(other)" /* a peer: those beyond the bound of a day */
struct peer_day {
	int64_t day;	  /* its first second, 0: time not known */
	const char *peer; /* as stored (struct peer_policy), "" if the log does not tell */
	const char *name, *net, *user, *domain;
	bool weak;
	const struct tuple *tuple;
	int64_t handshakes, sessions, sessions_mail, failures;
	int64_t first_seen, last_seen; /* hours, UTC seconds; 0: time not known */
};
typedef int (*query_peer_fn)(void *context, const struct peer_day *row);
int query_peers(struct store *store, const struct query *query, query_peer_fn row, void *context,
    struct diag *d);

/* Gaps within the queried time, one row for each source and kind, in order of class, name and kind:
 * how many, and how many lines or entries are known to be lost. */
struct gap_sum {
	const char *source, *kind; /* valid in the callback */
	int64_t count, lost;
};

typedef int (*query_gap_fn)(void *context, const struct gap_sum *row);
int query_gaps(struct store *store, const struct query *query, query_gap_fn row, void *context,
    struct diag *d);

/* Entries of a journal that were left out since the store was begun, as their senders are none of
 * mail's, and how many lines were not.  The name lives while the callback runs. */
typedef int (*query_refused_fn)(void *context, const char *source, int64_t refused, int64_t lines);
int query_refused(struct store *store, query_refused_fn row, void *context, struct diag *d);

/* Whether a peer that is not among the rows did not speak.  If not complete, a weak peer is among
 * the rows only if policy.peers was not off, and of others nothing is known. */
struct peer_knowledge {
	struct peer_policy policy;
	bool complete;	   /* for all of the queried time; never for a time before first_day */
	int64_t first_day; /* the first day with rows, 0 if there are none */
	int64_t last_day;
	int64_t other; /* facts of peers beyond the bound of their day, within the queried time */
};
int query_peer_knowledge(
    struct store *store, const struct query *query, struct peer_knowledge *ret, struct diag *d);

/* Failures by day and by the words that were logged, in order of all members. */
struct reason_day {
	int64_t day;
	const char *mta;
	enum direction direction;
	enum service service;
	bool internal;
	const char *reason; /* class */
	const char *raw;    /* "" if the log does not tell, QUERY_OTHER beyond the bound of a day */
	int64_t n;
};
typedef int (*query_reason_fn)(void *context, const struct reason_day *row);
int query_reasons(struct store *store, const struct query *query, query_reason_fn row,
    void *context, struct diag *d);

/* Minutes that had handshakes or failures, in order of time, host, direction and internal; not
 * those whose stamp cannot be true.  They are kept 90 days. */
struct minute_row {
	int64_t minute; /* its first second */
	const char *host;
	enum direction direction;
	bool internal;
	int64_t handshakes, failures;
};
typedef int (*query_minute_fn)(void *context, const struct minute_row *row);
int query_minutes(struct store *store, const struct query *query, query_minute_fn row,
    void *context, struct diag *d);
