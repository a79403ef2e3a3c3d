/* SPDX-License-Identifier: ISC */
#include "tls/policy.h"

#include <errno.h>

static const char *const verdict_words[VERDICT_MAX] = {
    [VERDICT_UNKNOWN] = "unknown",
    [VERDICT_OK] = "ok",
    [VERDICT_WEAK] = "weak",
    [VERDICT_UNLISTED] = "unlisted",
    [VERDICT_BROKEN] = "broken",
    [VERDICT_CLEAR] = "clear",
};

static const char *const scope_words[SCOPE_MAX] = {
    [SCOPE_MX] = "mx",
    [SCOPE_SUBMISSION] = "submission",
    [SCOPE_ACCESS] = "access",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict_words[verdict];
}

/* clear is no word of a file: what it means follows from the scope. */
int verdict_from(struct slice word)
{
	for (int i = 0; i < VERDICT_CLEAR; i++)
		if (slice_is(word, verdict_words[i]))
			return i;
	return -EINVAL;
}

int scope_from(struct slice word)
{
	for (int i = 0; i < SCOPE_MAX; i++)
		if (slice_is(word, scope_words[i]))
			return i;
	return -EINVAL;
}

static const char *word_of(const struct policy_rule *rule)
{
	return rule->word ? rule->word : verdict_name(rule->verdict);
}

static struct judgement judged(const struct policy_rule *rule)
{
	return (struct judgement){rule->verdict, word_of(rule), rule};
}

static struct judgement verdict_alone(enum verdict verdict)
{
	return (struct judgement){verdict, verdict_name(verdict), NULL};
}

/* A rule for everything else is not one for clear text: a policy that means clear text says so. */
static enum match rule_match(
    const struct policy_rule *rule, enum scope scope, const struct subject *subject)
{
	if (!(rule->scopes & 1u << scope))
		return MATCH_NO;
	if (subject->protocol == PROTOCOL_NONE && !rule->when.protocols)
		return MATCH_NO;
	return condition_match(&rule->when, subject);
}

/* RFC 8314: no clear text where passwords are sent. */
static struct judgement without_rule(enum scope scope, const struct subject *subject)
{
	if (subject->protocol != PROTOCOL_NONE)
		return verdict_alone(VERDICT_UNKNOWN);
	return verdict_alone(scope == SCOPE_MX ? VERDICT_CLEAR : VERDICT_BROKEN);
}

static bool agree(const struct judgement *a, const struct judgement *b)
{
	return a->verdict == b->verdict && strcmp(a->word, b->word) == 0;
}

struct judgement policy_judge(const struct policy *policy, enum condition_part part,
    enum scope scope, const struct subject *subject)
{
	const struct policy_rules *rules = &policy->rules[part];
	struct judgement possible = {0}, decided = without_rule(scope, subject);
	bool any = false;

	for (size_t i = 0; i < rules->n; i++) {
		enum match m = rule_match(&rules->p[i], scope, subject);
		struct judgement by_rule = judged(&rules->p[i]);

		if (m == MATCH_NO)
			continue;
		if (m == MATCH_YES) {
			decided = by_rule;
			break;
		}
		if (any && !agree(&possible, &by_rule))
			return verdict_alone(VERDICT_UNKNOWN);
		possible = by_rule;
		any = true;
	}
	return any && !agree(&possible, &decided) ? verdict_alone(VERDICT_UNKNOWN) : decided;
}

static bool is_unwanted(enum verdict verdict)
{
	return verdict == VERDICT_UNLISTED || verdict == VERDICT_BROKEN;
}

enum match policy_unwanted(const struct policy *policy, enum condition_part part, enum scope scope,
    const struct subject *subject)
{
	const struct policy_rules *rules = &policy->rules[part];
	enum verdict otherwise = without_rule(scope, subject).verdict;
	bool may[2] = {false, false};
	enum match m = MATCH_NO;

	for (size_t i = 0; i < rules->n && m != MATCH_YES; i++) {
		m = rule_match(&rules->p[i], scope, subject);
		if (m != MATCH_NO)
			may[is_unwanted(rules->p[i].verdict)] = true;
	}
	if (m != MATCH_YES && otherwise == VERDICT_UNKNOWN)
		return MATCH_UNKNOWN;
	if (m != MATCH_YES)
		may[is_unwanted(otherwise)] = true;
	return may[true] && may[false] ? MATCH_UNKNOWN : may[true] ? MATCH_YES : MATCH_NO;
}

enum match policy_breaks(const struct policy *policy, enum condition_part part, size_t rule,
    enum scope scope, const struct subject *subject)
{
	const struct policy_rule *rules = policy->rules[part].p;
	enum match m = rule_match(&rules[rule], scope, subject);

	for (size_t i = 0; i < rule && m != MATCH_NO; i++) {
		enum match excused = rules[i].verdict < rules[rule].verdict
					 ? rule_match(&rules[i], scope, subject)
					 : MATCH_NO;

		if (excused == MATCH_YES)
			return MATCH_NO;
		if (excused == MATCH_UNKNOWN)
			m = MATCH_UNKNOWN;
	}
	return m;
}
