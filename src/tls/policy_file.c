/* SPDX-License-Identifier: ISC */
#include "tls/policy.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "base/yaml_folder.h"
#include <errno.h>
#include <stdlib.h>

static const char *const part_names[CONDITION_PARTS] = {
    [CONDITION_SUITE] = "suites",
    [CONDITION_GROUP] = "groups",
    [CONDITION_SIGNATURE] = "signatures",
};

static void rule_clear(struct policy_rule *rule)
{
	free(rule->name);
	free(rule->requirement);
	free(rule->word);
	condition_clear(&rule->when);
}

struct policy *policy_free(struct policy *policy)
{
	if (!policy)
		return NULL;
	for (int part = 0; part < CONDITION_PARTS; part++) {
		for (size_t i = 0; i < policy->rules[part].n; i++)
			rule_clear(&policy->rules[part].p[i]);
		free(policy->rules[part].p);
	}
	free(policy->path);
	free(policy->name);
	free(policy->title);
	free(policy->date);
	free(policy->source);
	free(policy);
	return NULL;
}

static int read_scopes(struct yaml_read *in, const struct yaml *node, struct policy_rule *ret)
{
	const struct yaml *scopes = yaml_tree_get(node, "scope");
	struct yaml *const *items =
	    scopes && scopes->kind == YAML_LIST ? scopes->items : (struct yaml *const *)&scopes;
	size_t count = !scopes ? 0 : scopes->kind == YAML_LIST ? scopes->count : 1;

	ret->scopes = scopes ? 0 : (1u << SCOPE_MAX) - 1;
	for (size_t i = 0; i < count; i++) {
		int scope = items[i]->kind == YAML_SCALAR ? scope_from(items[i]->text) : -EINVAL;

		if (scope < 0)
			return yaml_fail(in, items[i], "'scope' is mx, submission or access");
		ret->scopes |= 1u << scope;
	}
	return 0;
}

static int read_verdict(struct yaml_read *in, const struct yaml *node, struct policy_rule *ret)
{
	int verdict = -1, r = yaml_read_word(in, node, "verdict", verdict_from, &verdict);

	if (r < 0)
		return r;
	if (verdict < 0)
		return yaml_fail(
		    in, node, "a rule needs a 'verdict': ok, weak, unlisted, broken or unknown");
	ret->verdict = (enum verdict)verdict;
	return yaml_read_text(in, node, "word", false, &ret->word);
}

/* The sum of a report is made of what rules require: one that forbids says what it asks for. */
static int read_rule(struct yaml_read *in, const struct yaml *node, enum condition_part part,
    struct policy_rule *ret)
{
	static const char *const keys[] = {
	    "rule", "requirement", "verdict", "word", "scope", "when", NULL};
	const struct yaml *when;
	int r = yaml_want_map(in, node, keys, "a rule");

	if (r == 0)
		r = yaml_read_text(in, node, "rule", true, &ret->name);
	if (r == 0)
		r = read_verdict(in, node, ret);
	if (r == 0)
		r = yaml_read_text(
		    in, node, "requirement", ret->verdict > VERDICT_OK, &ret->requirement);
	if (r == 0)
		r = read_scopes(in, node, ret);
	when = yaml_tree_get(node, "when");
	return r == 0 && when ? condition_read(in, when, part, &ret->when) : r;
}

static bool takes_everything(const struct yaml *node, const struct policy_rule *rule)
{
	return !yaml_tree_get(node, "when") && rule->scopes == (1u << SCOPE_MAX) - 1;
}

static int read_rules(
    struct yaml_read *in, const struct yaml *document, enum condition_part part, struct policy *to)
{
	const struct yaml *list = yaml_tree_get(document, part_names[part]);
	struct policy_rules *rules = &to->rules[part];
	int r = list ? yaml_want_list(in, list, part_names[part]) : 0;

	if (!list || r < 0)
		return r;
	rules->p = memory_array(list->count, sizeof(*rules->p));
	for (size_t i = 0; i < list->count; i++) {
		struct policy_rule *rule = &rules->p[rules->n++];

		r = read_rule(in, list->items[i], part, rule);
		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++)
			if (strcmp(rules->p[k].name, rule->name) == 0)
				return yaml_fail(
				    in, list->items[i], "rule '%s' is there twice", rule->name);
		if (i + 1 < list->count && takes_everything(list->items[i], rule))
			return yaml_fail(in, list->items[i + 1],
			    "the rule before takes everything: this one is never reached");
	}
	return 0;
}

/* 2025, 2026-07 or 2026-04-06: as exactly as the source tells. */
static bool is_date(const char *text)
{
	static const char form[] = "0000-00-00";
	size_t n = strlen(text);

	for (size_t i = 0; i < n && form[i]; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return n == 4 || n == 7 || n == 10;
}

static int check_head(struct yaml_read *in, const struct yaml *document, const struct policy *p)
{
	const char *file = yaml_file_name(p->path);
	size_t n = strlen(p->name);

	if (strncmp(file, p->name, n) != 0 || strcmp(file + n, ".yaml") != 0)
		return yaml_fail(in, yaml_tree_get(document, "policy"),
		    "policy '%s' is not in a file of that name", p->name);
	if (p->name[strcspn(p->name, ",=")])
		return yaml_fail(
		    in, yaml_tree_get(document, "policy"), "a policy's name has no ',' and no '='");
	if (!is_date(p->date))
		return yaml_fail(in, yaml_tree_get(document, "date"),
		    "'date' is when the policy was published: 2025, 2026-07 or 2026-04-06");
	return 0;
}

static int read_head(struct yaml_read *in, const struct yaml *document, struct policy *p)
{
	static const char *const keys[] = {
	    "policy", "title", "date", "source", "suites", "groups", "signatures", NULL};
	int r = yaml_want_map(in, document, keys, "a policy");

	if (r == 0)
		r = yaml_read_text(in, document, "policy", true, &p->name);
	if (r == 0)
		r = yaml_read_text(in, document, "title", true, &p->title);
	if (r == 0)
		r = yaml_read_text(in, document, "date", true, &p->date);
	if (r == 0)
		r = yaml_read_text(in, document, "source", true, &p->source);
	return r == 0 ? check_head(in, document, p) : r;
}

int policy_load(const char *path, struct policy **ret, struct diag *d)
{
	_cleanup_(policy_free_p) struct policy *policy = memory_alloc(sizeof(*policy));
	_cleanup_yaml_ struct yaml *document = NULL;
	struct yaml_read in = {.path = path, .diag = d};
	int r = yaml_tree_load(path, &document, d);

	policy->path = memory_string(path);
	if (r == 0)
		r = read_head(&in, document, policy);
	for (int part = 0; r == 0 && part < CONDITION_PARTS; part++)
		r = read_rules(&in, document, (enum condition_part)part, policy);
	if (r < 0)
		return r;
	if (!policy->rules[CONDITION_SUITE].n && !policy->rules[CONDITION_GROUP].n &&
	    !policy->rules[CONDITION_SIGNATURE].n)
		return yaml_fail(&in, document, "a policy without a rule");
	*ret = policy;
	policy = NULL;
	return 0;
}

int policy_set_load(const char *const *paths, size_t count, struct policy_set **ret, struct diag *d)
{
	_cleanup_policy_set_ struct policy_set *set = memory_alloc(sizeof(*set));
	_cleanup_yaml_folder_ struct yaml_folder list = {0};
	int r = yaml_folder_list(paths, count, &list, d);

	if (r < 0)
		return r;
	set->p = memory_array(list.count, sizeof(*set->p));
	for (size_t i = 0; i < list.count; i++) {
		r = policy_load(list.paths[i], &set->p[set->n], d);
		if (r < 0)
			return r;
		set->n++;
	}
	if (!set->n)
		return diag_set(
		    d, ENOENT, count ? paths[count - 1] : NULL, 0, 0, "holds no policy");
	*ret = set;
	set = NULL;
	return 0;
}

struct policy_set *policy_set_free(struct policy_set *set)
{
	if (!set)
		return NULL;
	for (size_t i = 0; i < set->n; i++)
		policy_free(set->p[i]);
	free(set->p);
	free(set);
	return NULL;
}

const struct policy *policy_find(const struct policy_set *set, const char *name, struct diag *d)
{
	_cleanup_free_ const char **names = memory_array(set->n, sizeof(*names));
	const char *nearest;

	for (size_t i = 0; i < set->n; i++) {
		names[i] = set->p[i]->name;
		if (strcmp(names[i], name) == 0)
			return set->p[i];
	}
	nearest = nearest_word(name, names, set->n);
	if (d)
		diag_set(d, EINVAL, NULL, 0, 0,
		    "there is no policy \"%s\": the nearest is \"%s\"; --policy list shows all",
		    name, nearest ? nearest : names[0]);
	return NULL;
}
