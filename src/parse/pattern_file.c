/* SPDX-License-Identifier: ISC */
#include "parse/pattern_file.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/yaml_read.h"
#include "parse/pattern_read.h"
#include <errno.h>
#include <stdlib.h>

#define EXPIRE_DEFAULT 3600

static void mta_idents_free(struct mta *mta)
{
	for (size_t i = 0; i < mta->ident_count; i++)
		regex_free(mta->idents[i].match);
	for (size_t i = 0; i < mta->as_count; i++)
		free(mta->as_names[i]);
	free(mta->idents);
	free(mta->as_names);
}

struct mta *mta_free(struct mta *mta)
{
	if (!mta)
		return NULL;
	mta_idents_free(mta);
	for (size_t i = 0; i < mta->pattern_count; i++)
		pattern_clear(&mta->patterns[i]);
	for (size_t i = 0; i < mta->hint_count; i++) {
		free(mta->hints[i].when);
		free(mta->hints[i].text);
	}
	free(mta->patterns);
	free(mta->hints);
	advice_clear(&mta->advice);
	free(mta->path);
	free(mta->name);
	free(mta->about);
	free(mta->versions);
	texts_free(mta->users);
	texts_free(mta->units);
	texts_free(mta->containers);
	yaml_tree_free(mta->document);
	free(mta);
	return NULL;
}

static int as_index(
    struct yaml_read *in, struct mta *mta, const struct yaml *at, struct slice name, unsigned *ret)
{
	for (size_t i = 0; i < mta->as_count; i++)
		if (slice_is(name, mta->as_names[i])) {
			*ret = (unsigned)i;
			return 0;
		}
	if (mta->as_count == IDENT_NAMES_MAX)
		return yaml_fail(in, at, "more than %d names of idents", IDENT_NAMES_MAX);
	mta->as_names = memory_grow(mta->as_names, mta->as_count + 1, sizeof(*mta->as_names));
	mta->as_names[mta->as_count] = memory_copy(name.p, name.n);
	*ret = (unsigned)mta->as_count++;
	return 0;
}

struct ident_groups {
	struct yaml_read *in;
	const struct yaml *at;
	struct ident *ident;
	int result;
};

static void read_ident_group(void *context, const char *name, unsigned number)
{
	struct ident_groups *g = context;

	if (g->result < 0)
		return;
	if (strcmp(name, "time") != 0 || g->ident->time_group)
		g->result = yaml_fail(
		    g->in, g->at, "group '%s': an ident has one group at most, 'time'", name);
	g->ident->time_group = number;
}

/* A plain line has no program's name: there `match` reads the line's front. */
static int read_match(struct yaml_read *in, const struct mta *mta,
    const struct definitions *definitions, const struct yaml *match, struct ident *ident)
{
	bool plain = mta->header == HEADER_PLAIN;
	struct ident_groups groups = {.in = in, .at = match, .ident = ident};
	int r = regex_read(in, definitions, match, !plain, &ident->match);

	if (r < 0 || !plain)
		return r;
	regex_names(ident->match, read_ident_group, &groups);
	return groups.result;
}

static int read_ident(struct yaml_read *in, struct mta *mta, const struct definitions *definitions,
    const struct yaml *node)
{
	static const char *const keys[] = {"match", "as", "service", "direction", "silence", NULL};
	struct ident *ident = &mta->idents[mta->ident_count++];
	const struct yaml *match = yaml_tree_get(node, "match"), *as = yaml_tree_get(node, "as");
	int service = SERVICE_UNKNOWN, direction = DIRECTION_UNKNOWN, silence = SILENCE_UNKNOWN, r;

	r = yaml_want_map(in, node, keys, "an ident");
	if (r < 0)
		return r;
	if (!match || match->kind != YAML_SCALAR)
		return yaml_fail(
		    in, node, "an ident needs `match`, a regex for the whole program name");
	if (!as || as->kind != YAML_SCALAR)
		return yaml_fail(in, node, "an ident needs `as`, the short name its patterns use");
	r = read_match(in, mta, definitions, match, ident);
	if (r < 0)
		return r;
	r = as_index(in, mta, as, as->text, &ident->as);
	if (r < 0)
		return r;
	r = yaml_read_word(in, node, "service", service_from, &service);
	if (r < 0)
		return r;
	r = yaml_read_word(in, node, "direction", direction_from, &direction);
	if (r < 0)
		return r;
	r = yaml_read_word(in, node, "silence", silence_from, &silence);
	if (r < 0)
		return r;
	ident->service = (enum service)service;
	ident->direction = (enum direction)direction;
	ident->silence = (enum silence)silence;
	return 0;
}

static int read_idents(struct yaml_read *in, struct mta *mta, const struct definitions *definitions)
{
	const struct yaml *list = yaml_tree_get(mta->document, "idents");
	int r;

	if (!list)
		return yaml_fail(in, mta->document, "'idents' is missing here");
	r = yaml_want_list(in, list, "idents");
	if (r < 0)
		return r;
	mta->idents = memory_array(list->count, sizeof(*mta->idents));
	for (size_t i = 0; i < list->count; i++) {
		r = read_ident(in, mta, definitions, list->items[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A condition that the report can check; it says the hint's text when the condition holds. */
static bool known_condition(const char *when)
{
	static const char *const conditions[] = {"no-handshake", "protocol-unknown", "no-session"};

	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (strcmp(when, conditions[i]) == 0)
			return true;
	return false;
}

static int read_hints(struct yaml_read *in, struct mta *mta)
{
	static const char *const keys[] = {"when", "text", NULL};
	const struct yaml *list = yaml_tree_get(mta->document, "hints");
	int r = list ? yaml_want_list(in, list, "hints") : 0;

	if (!list || r < 0)
		return r;
	mta->hints = memory_array(list->count, sizeof(*mta->hints));
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml *node = list->items[i];
		struct mta_hint *hint = &mta->hints[mta->hint_count++];

		hint->mta = mta->name;
		r = yaml_want_map(in, node, keys, "a hint");
		if (r < 0)
			return r;
		r = yaml_read_text(in, node, "when", true, &hint->when);
		if (r < 0)
			return r;
		r = yaml_read_text(in, node, "text", true, &hint->text);
		if (r < 0)
			return r;
		if (!known_condition(hint->when))
			return yaml_fail(in, node,
			    "'%s' is no condition; there are no-handshake, protocol-unknown and "
			    "no-session",
			    hint->when);
	}
	return 0;
}

static int read_expire(struct yaml_read *in, struct mta *mta)
{
	const struct yaml *node = yaml_tree_get(mta->document, "expire");
	_cleanup_diag_ struct diag why = {0};

	mta->expire = EXPIRE_DEFAULT;
	if (!node)
		return 0;
	if (node->kind != YAML_SCALAR || span_parse(node->text.p, &mta->expire, &why) < 0)
		return yaml_fail(in, node, "'expire' is a span of time such as 1h or 30m");
	return 0;
}

static int read_top(struct yaml_read *in, struct mta *mta)
{
	static const char *const keys[] = {"mta", "about", "versions", "users", "units",
	    "containers", "header", "expire", "idents", "define", "patterns", "samples", "not",
	    "hints", "advice", NULL};
	const struct yaml *document = mta->document;
	int header = -1, r = yaml_want_map(in, document, keys, "a pattern file");

	if (r < 0)
		return r;
	r = yaml_read_text(in, document, "mta", true, &mta->name);
	if (r < 0)
		return r;
	mta->name_length = strlen(mta->name);
	r = yaml_read_text(in, document, "about", false, &mta->about);
	if (r < 0)
		return r;
	r = yaml_read_texts(in, document, "users", &mta->users);
	if (r < 0)
		return r;
	r = yaml_read_texts(in, document, "units", &mta->units);
	if (r < 0)
		return r;
	r = yaml_read_texts(in, document, "containers", &mta->containers);
	if (r < 0)
		return r;
	r = yaml_read_word(in, document, "header", header_kind_from, &header);
	if (r < 0)
		return r;
	if (header < 0)
		return yaml_fail(in, document, "'header' is missing here");
	mta->header = (enum header_kind)header;
	return read_expire(in, mta);
}

/* `ignore` patterns go last, each kind in the order of the file. */
static void order_patterns(struct mta *mta)
{
	struct pattern *ordered = memory_array(mta->pattern_count, sizeof(*ordered));
	size_t n = 0;

	for (int ignore = 0; ignore <= 1; ignore++)
		for (size_t i = 0; i < mta->pattern_count; i++)
			if (mta->patterns[i].ignore == (ignore == 1))
				ordered[n++] = mta->patterns[i];
	free(mta->patterns);
	mta->patterns = ordered;
}

static int read_patterns(
    struct yaml_read *in, struct mta *mta, const struct definitions *definitions)
{
	const struct yaml *list = yaml_tree_get(mta->document, "patterns");
	int r;

	if (!list)
		return yaml_fail(in, mta->document, "'patterns' is missing here");
	r = yaml_want_list(in, list, "patterns");
	if (r < 0)
		return r;
	mta->patterns = memory_array(list->count, sizeof(*mta->patterns));
	for (size_t i = 0; i < list->count; i++) {
		struct pattern *p = &mta->patterns[mta->pattern_count++];

		r = pattern_read(in, mta, definitions, list->items[i], p);
		if (r < 0)
			return r;
		mta->has_also = mta->has_also || p->also;
		for (size_t k = 0; k < i; k++)
			if (strcmp(mta->patterns[k].name, p->name) == 0)
				return yaml_fail(in, list->items[i],
				    "pattern '%s' is there twice, first in line %u", p->name,
				    mta->patterns[k].line);
	}
	order_patterns(mta);
	return 0;
}

int pattern_file_load(const char *path, struct mta **ret, struct diag *d)
{
	_cleanup_(mta_free_p) struct mta *mta = memory_alloc(sizeof(*mta));
	struct yaml_read in = {.path = path, .diag = d};
	int r;

	mta->path = memory_string(path);
	r = yaml_tree_load(path, &mta->document, d);
	if (r == 0)
		r = read_top(&in, mta);
	if (r == 0)
		r = read_hints(&in, mta);
	if (r == 0)
		r = advice_read(&in, yaml_tree_get(mta->document, "advice"), &mta->advice);
	if (r < 0)
		return r;
	*ret = mta;
	mta = NULL;
	return 0;
}

int pattern_file_compile(struct mta *mta, struct diag *d)
{
	_cleanup_(definitions_free) struct definitions definitions = {0};
	struct yaml_read in = {.path = mta->path, .diag = d};
	int r = definitions_read(&in, yaml_tree_get(mta->document, "define"), &definitions);

	if (r == 0)
		r = read_idents(&in, mta, &definitions);
	return r < 0 ? r : read_patterns(&in, mta, &definitions);
}

static int read_reasons(struct yaml_read *in, const struct yaml *list, struct reason *reasons)
{
	static const char *const keys[] = {"text", "class", NULL};

	for (size_t i = 0; i < list->count; i++) {
		int r = yaml_want_map(in, list->items[i], keys, "a reason");

		if (r < 0)
			return r;
		r = yaml_read_text(in, list->items[i], "text", true, &reasons[i].text);
		if (r < 0)
			return r;
		r = yaml_read_text(in, list->items[i], "class", true, &reasons[i].class);
		if (r < 0)
			return r;
		if (!reason_class_known(slice_of(reasons[i].class)))
			return yaml_fail(
			    in, list->items[i], "'%s' is not a class of reasons", reasons[i].class);
	}
	return 0;
}

int reasons_load(const char *path, struct reason **ret, size_t *ret_count, struct diag *d)
{
	static const char *const keys[] = {"reasons", NULL};
	_cleanup_yaml_ struct yaml *document = NULL;
	struct yaml_read in = {.path = path, .diag = d};
	const struct yaml *list;
	struct reason *reasons;
	int r = yaml_tree_load(path, &document, d);

	if (r < 0)
		return r;
	r = yaml_want_map(&in, document, keys, "a file of reasons");
	if (r < 0)
		return r;
	list = yaml_tree_get(document, "reasons");
	if (!list)
		return yaml_fail(&in, document, "'reasons' is missing here");
	r = yaml_want_list(&in, list, "reasons");
	if (r < 0)
		return r;
	reasons = memory_array(list->count, sizeof(*reasons));
	r = read_reasons(&in, list, reasons);
	if (r < 0) {
		reasons_free(reasons, list->count);
		return r;
	}
	*ret = reasons;
	*ret_count = list->count;
	return 0;
}

void reasons_free(struct reason *reasons, size_t count)
{
	for (size_t i = 0; reasons && i < count; i++) {
		free(reasons[i].text);
		free(reasons[i].class);
	}
	free(reasons);
}
