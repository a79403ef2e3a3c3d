/* SPDX-License-Identifier: ISC */
#pragma once

/* A policy: somebody's dated opinion on protocols, suites, groups and signatures, as a list of
 * rules of which the first that holds decides.
 *
 * Policies are files (mailtls-policies(5)), judged by properties and never by lists of names.  Four
 * verdicts say something of TLS: ok, weak (discouraged, or to be phased out), unlisted (not on the
 * policy's list, which is not to say that it is broken) and broken (forbidden, or known to be
 * broken).  clear is clear text where TLS is opportunistic (scope mx): weaker than any TLS.  Where
 * passwords are sent, clear text is broken.  A policy may have words of its own for its verdicts.
 *
 * Unknown stays unknown: if a rule might hold, the verdict is known only where all that might
 * decide agree. */

#include "tls/condition.h"

enum verdict {
	VERDICT_UNKNOWN,
	VERDICT_OK,
	VERDICT_WEAK,
	VERDICT_UNLISTED,
	VERDICT_BROKEN,
	VERDICT_CLEAR,
	VERDICT_MAX,
}; /* the worse, the greater */

/* What TLS is for: mail between servers, which goes in clear text rather than not at all; mail that
 * a user hands in; a user's mailbox. */
enum scope { SCOPE_MX, SCOPE_SUBMISSION, SCOPE_ACCESS, SCOPE_MAX };

struct policy_rule {
	char *name, *requirement; /* requirement: what a rule that is not ok asks for */
	enum verdict verdict;
	char *word;	 /* the policy's own for its verdict, NULL: that of verdict_name() */
	unsigned scopes; /* a bit for each enum scope */
	struct condition when;
};

/* Its rules for suites and versions, for groups, for signatures: what a log tells together, and
 * what it often does not tell at all. */
struct policy_rules {
	struct policy_rule *p;
	size_t n;
};

struct policy {
	char *path, *name, *title, *date, *source;
	struct policy_rules rules[CONDITION_PARTS];
};

struct judgement {
	enum verdict verdict;
	const char *word;		/* the policy's, or that of verdict_name() */
	const struct policy_rule *rule; /* that decided, NULL if none did */
};

const char *verdict_name(enum verdict verdict); /* "unknown" "ok" "weak" ... */
int verdict_from(struct slice word);		/* unknown ok weak unlisted broken, else -EINVAL */
int scope_from(struct slice word);		/* mx submission access, else -EINVAL */

struct judgement policy_judge(const struct policy *policy, enum condition_part part,
    enum scope scope, const struct subject *subject);

/* Whether the policy calls it broken or does not list it, by whatever rule; weak is what it would
 * only rather not see. */
enum match policy_unwanted(const struct policy *policy, enum condition_part part, enum scope scope,
    const struct subject *subject);

/* Whether the subject breaks this rule, taken alone: it holds, and no earlier rule with a milder
 * verdict does.  For a report rule by rule; a subject may break several. */
enum match policy_breaks(const struct policy *policy, enum condition_part part, size_t rule,
    enum scope scope, const struct subject *subject);

/* Reads a policy's file; its name is the file's. */
int policy_load(const char *path, struct policy **ret, struct diag *d);
struct policy *policy_free(struct policy *policy);

/* All policies of folders, by name; a later folder's takes the place of an earlier one's. */
struct policy_set {
	struct policy **p;
	size_t n;
};

int policy_set_load(
    const char *const *paths, size_t count, struct policy_set **ret, struct diag *d);
struct policy_set *policy_set_free(struct policy_set *set);

/* NULL and, if d is not, a diagnosis that names the nearest. */
const struct policy *policy_find(const struct policy_set *set, const char *name, struct diag *d);

DEFINE_CLEANUP(struct policy, policy_free);
DEFINE_CLEANUP(struct policy_set, policy_set_free);
#define _cleanup_policy_set_ _cleanup_(policy_set_free_p)
