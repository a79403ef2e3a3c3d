/* SPDX-License-Identifier: ISC */
#include "report/judge.h"

#include <errno.h>

int judge_read(const struct report_request *request, struct judge *ret, struct diag *d)
{
	const struct policy_set *set = request->policies;
	const struct policy *policy;

	*ret = (struct judge){0};
	if (!set)
		return 0;
	if (!request->policy.n) {
		policy = policy_find(set, JUDGE_DEFAULT, NULL);
		ret->policies[ret->count++] = policy ? policy : set->p[0];
	}
	for (size_t i = 0; i < request->policy.n; i++) {
		policy = policy_find(set, request->policy.p[i], d);
		if (!policy)
			return -EINVAL;
		if (ret->count == JUDGE_POLICIES)
			return diag_set(d, EINVAL, NULL, 0, 0,
			    "cannot judge by more than %d policies at once", JUDGE_POLICIES);
		ret->policies[ret->count++] = policy;
	}
	return 0;
}

enum scope judge_scope(enum service service)
{
	switch (service) {
	case SERVICE_SUBMISSION:
	case SERVICE_SUBMISSIONS:
		return SCOPE_SUBMISSION;
	case SERVICE_IMAP:
	case SERVICE_IMAPS:
	case SERVICE_POP3:
	case SERVICE_POP3S:
	case SERVICE_SIEVE:
		return SCOPE_ACCESS;
	default:
		return SCOPE_MX;
	}
}

struct judgement judge_tuple(
    const struct judge *judge, size_t policy, const struct tuple *t, bool suite_told)
{
	struct cipher unknown;
	struct subject subject = {
	    .protocol = t->protocol,
	    .suite = suite_told ? &t->suite : &unknown,
	};

	if (!suite_told)
		cipher_read(SLICE_NONE, t->protocol, &unknown);
	return policy_judge(
	    judge->policies[policy], CONDITION_SUITE, judge_scope(t->service), &subject);
}

struct cell judge_cell(
    const struct judge *judge, size_t policy, const struct tuple *t, bool suite_told)
{
	if (policy >= judge->count)
		return (struct cell){0};
	return cell_text(judge_tuple(judge, policy, t, suite_told).word);
}

void judge_names(const struct judge *judge, struct buffer *to)
{
	for (size_t i = 0; i < judge->count; i++)
		buffer_printf(to, "%s%s (%s, %s)", i ? ", " : "", judge->policies[i]->name,
		    judge->policies[i]->title, judge->policies[i]->date);
}

void judge_add_columns(const struct judge *judge, struct result *result)
{
	for (size_t i = 1; i < judge->count; i++)
		result_column(result, &(struct column){.name = judge->policies[i]->name});
}

struct cell *judge_add_cells(
    const struct judge *judge, const struct tuple *tuple, bool suite_told, struct cell *cell)
{
	for (size_t i = 1; i < judge->count; i++)
		*cell++ = judge_cell(judge, i, tuple, suite_told);
	return cell;
}
