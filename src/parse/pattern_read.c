/* SPDX-License-Identifier: ISC */
#include "parse/pattern_read.h"

#include "base/memory.h"
#include "base/word.h"
#include <errno.h>
#include <stdlib.h>

#define EXPANDED_MAX (64 * 1024)

bool reason_class_known(struct slice word)
{
	static const char *const classes[] = {"no-shared-cipher", "unsupported-protocol", "not-tls",
	    "certificate-rejected", "verify-failed", "lost-connection", "timeout", "tls-required",
	    "other"};

	return word_find(classes, ARRAY_SIZE(classes), word) >= 0;
}

/* Writes the expression with every (?&name) replaced by its text, as a group of its own. */
static int expand(struct yaml_read *in, const struct yaml *at,
    const struct definitions *definitions, struct slice expression, struct buffer *to)
{
	while (expression.n) {
		const char *mark = memmem(expression.p, expression.n, "(?&", 3);
		struct slice name;
		size_t i = 0;

		if (!mark) {
			buffer_add(to, expression);
			break;
		}
		buffer_append(to, expression.p, (size_t)(mark - expression.p));
		name = slice_skip(expression, (size_t)(mark - expression.p) + 3);
		expression = name;
		name.n = slice_find(name, ')');
		while (i < definitions->count && !slice_equal(definitions->names[i], name))
			i++;
		if (name.n == expression.n)
			return yaml_fail(in, at, "(?& without its )");
		if (i == definitions->count)
			return yaml_fail(in, at, "(?&%.*s) is not defined above", SLICE_FMT(name));
		buffer_text_add(to, "(?:");
		buffer_add(to, definitions->texts[i]);
		buffer_char(to, ')');
		if (to->n > EXPANDED_MAX)
			return yaml_fail(in, at, "expands to more than %d bytes", EXPANDED_MAX);
		expression = slice_skip(expression, name.n + 1);
	}
	return 0;
}

int regex_read(struct yaml_read *in, const struct definitions *definitions, const struct yaml *at,
    bool whole, struct regex **ret)
{
	_cleanup_buffer_ struct buffer expanded = {0};
	_cleanup_diag_ struct diag why = {0};
	int r = expand(in, at, definitions, at->text, &expanded);

	if (r < 0)
		return r;
	if (regex_compile(buffer_slice(&expanded), whole, ret, &why) < 0)
		return yaml_fail(in, at, "not a regex: %s", why.text);
	return 0;
}

int definitions_read(struct yaml_read *in, const struct yaml *map, struct definitions *ret)
{
	if (!map)
		return 0;
	if (map->kind != YAML_MAP)
		return yaml_fail(in, map, "define is a mapping of `name: regex`");
	ret->names = memory_array(map->count, sizeof(*ret->names));
	ret->texts = memory_array(map->count, sizeof(*ret->texts));
	for (size_t i = 0; i < map->count; i++) {
		struct buffer text = {0};
		int r = yaml_want_text(in, map->items[i], "a regex");

		if (r == 0)
			r = expand(in, map->items[i], ret, map->items[i]->text, &text);
		if (r < 0) {
			buffer_free(&text);
			return r;
		}
		ret->names[i] = map->keys[i]->text;
		ret->texts[i].n = text.n;
		ret->texts[i].p = buffer_take(&text);
		ret->count++;
	}
	return 0;
}

void definitions_free(struct definitions *definitions)
{
	for (size_t i = 0; i < definitions->count; i++)
		free((char *)definitions->texts[i].p);
	free(definitions->names);
	free(definitions->texts);
	*definitions = (struct definitions){0};
}

void pattern_clear(struct pattern *p)
{
	for (size_t i = 0; i < p->literal_count; i++)
		free((char *)p->literals[i].p);
	for (size_t i = 0; i < p->capture_count; i++)
		free((char *)p->captures[i].marker.p);
	for (size_t i = 0; i < FIELD_MAX; i++)
		free((char *)p->set[i].p);
	free(p->literals);
	free(p->captures);
	free(p->name);
	regex_free(p->regex);
}

/* Words that a field with a fixed vocabulary may be given. */
static bool word_fits(enum field field, struct slice word)
{
	static const char *const tls[] = {"none", "encrypted", "unknown"};

	switch (field) {
	case FIELD_SERVICE:
		return service_from(word) >= 0;
	case FIELD_DIRECTION:
		return direction_from(word) >= 0;
	case FIELD_VERIFY:
		return verify_from(word) >= 0;
	case FIELD_UNIT:
		return unit_from(word) >= 0;
	case FIELD_SILENCE:
		return silence_from(word) >= 0;
	case FIELD_CLASS:
		return reason_class_known(word);
	case FIELD_RESUMED:
	case FIELD_INTERNAL:
		return slice_is(word, "yes") || slice_is(word, "no");
	case FIELD_MAIL:
	case FIELD_AUTH:
	case FIELD_STARTTLS:
	case FIELD_PORT:
	case FIELD_BITS:
		return word.n > 0 && word.n <= 9 && strspn(word.p, "0123456789") >= word.n;
	case FIELD_TLS:
		return word_find(tls, ARRAY_SIZE(tls), word) >= 0;
	default:
		return true;
	}
}

struct group_reader {
	struct yaml_read *in;
	const struct yaml *at;
	struct pattern *pattern;
	int result;
};

static void read_group(void *context, const char *name, unsigned number)
{
	struct group_reader *g = context;
	struct pattern *p = g->pattern;
	const char *mark = strstr(name, "__");
	int field = field_from(mark ? (struct slice){name, (size_t)(mark - name)} : slice_of(name));
	char *marker = NULL;

	if (g->result < 0)
		return;
	if (field < 0 || field >= FIELD_UNIT || (!mark && field >= FIELD_TLS)) {
		g->result = yaml_fail(g->in, g->at, "group '%s' is not named after a field", name);
		return;
	}
	if (mark) {
		/* A group's name cannot hold a dash; classes of reasons do. */
		marker = memory_string(mark + 2);
		for (char *c = marker; field == FIELD_CLASS && *c; c++)
			if (*c == '_')
				*c = '-';
		if (!word_fits((enum field)field, slice_of(marker))) {
			g->result = yaml_fail(g->in, g->at, "group '%s': no such value of '%s'",
			    name, field_name(field));
			free(marker);
			return;
		}
	}
	p->captures = memory_grow(p->captures, p->capture_count + 1, sizeof(*p->captures));
	p->captures[p->capture_count++] =
	    (struct capture){number, (enum field)field, slice_of(marker)};
	p->tells |= field_bit((enum field)field);
}

static int read_regex(struct yaml_read *in, const struct definitions *definitions,
    const struct yaml *node, struct pattern *p)
{
	const struct yaml *regex = yaml_tree_get(node, "regex");
	struct group_reader groups = {.in = in, .at = regex, .pattern = p};
	int r;

	if (!regex || regex->kind != YAML_SCALAR || regex->text.n == 0)
		return yaml_fail(in, node, "pattern '%s' needs a `regex`", p->name);
	r = regex_read(in, definitions, regex, false, &p->regex);
	if (r < 0)
		return r;
	regex_names(p->regex, read_group, &groups);
	return groups.result;
}

static int read_literals(struct yaml_read *in, const struct yaml *node, struct pattern *p)
{
	char **texts = NULL;
	int r = yaml_read_texts(in, node, "literal", &texts);

	if (r < 0)
		return r;
	p->literal_count = texts_count(texts);
	p->literals = memory_array(p->literal_count, sizeof(*p->literals));
	for (size_t i = 0; i < p->literal_count; i++)
		p->literals[i] = slice_of(texts[i]);
	free(texts); /* the texts themselves are the pattern's now */
	if (p->literal_count == 0)
		return yaml_fail(in, node,
		    "pattern '%s' needs a `literal` that stands in all its lines", p->name);
	for (size_t i = 0; i < p->literal_count; i++)
		if (p->literals[i].n < LITERAL_LENGTH_MIN ||
		    memchr(p->literals[i].p, '\n', p->literals[i].n))
			return yaml_fail(in, yaml_tree_get(node, "literal"),
			    "a literal has %d bytes or more, on one line", LITERAL_LENGTH_MIN);
	return 0;
}

static int read_set(struct yaml_read *in, const struct yaml *map, struct pattern *p)
{
	if (!map)
		return 0;
	if (map->kind != YAML_MAP)
		return yaml_fail(in, map, "set is a mapping of `field: value`");
	for (size_t i = 0; i < map->count; i++) {
		int field = field_from(map->keys[i]->text), r;

		if (field < 0)
			return yaml_fail(in, map->keys[i], "'%.*s' is not a field",
			    SLICE_FMT(map->keys[i]->text));
		r = yaml_want_text(in, map->items[i], "a value");
		if (r < 0)
			return r;
		if (!word_fits((enum field)field, map->items[i]->text))
			return yaml_fail(in, map->items[i], "'%.*s' is no value of '%s'",
			    SLICE_FMT(map->items[i]->text), field_name((enum field)field));
		p->set[field].p = memory_copy(map->items[i]->text.p, map->items[i]->text.n);
		p->set[field].n = map->items[i]->text.n;
		p->sets |= field_bit((enum field)field);
		p->tells |= field_bit((enum field)field);
	}
	return 0;
}

static int read_events(struct yaml_read *in, const struct yaml *node, struct pattern *p)
{
	char **words = NULL;
	int r = yaml_read_texts(in, node, "event", &words);

	if (r < 0)
		return r;
	p->event_count = texts_count(words);
	if (p->event_count == 0 || p->event_count > EVENTS_MAX)
		r = yaml_fail(
		    in, node, "pattern '%s' needs an `event`, %d at most", p->name, EVENTS_MAX);
	for (size_t i = 0; r == 0 && i < p->event_count; i++) {
		int event = event_from(slice_of(words[i]));

		if (event < 0)
			r = yaml_fail(
			    in, yaml_tree_get(node, "event"), "'%s' is not an event", words[i]);
		else if (event == EVENT_IGNORE && p->event_count > 1)
			r = yaml_fail(in, yaml_tree_get(node, "event"), "'ignore' stands alone");
		else if (event == EVENT_OPEN && i > 0)
			r = yaml_fail(in, yaml_tree_get(node, "event"),
			    "'open' begins a session and stands first");
		else if ((event == EVENT_LOGIN || event == EVENT_CLOSE) && i + 1 < p->event_count)
			r = yaml_fail(in, yaml_tree_get(node, "event"),
			    "'%s' ends a session and stands last", words[i]);
		else
			p->events[i] = (enum event)event;
	}
	texts_free(words);
	p->ignore = p->events[0] == EVENT_IGNORE;
	return r;
}

static int wait_from(struct slice word)
{
	return slice_is(word, "peer")	  ? WAIT_PEER
	       : slice_is(word, "reason") ? WAIT_REASON
					  : -EINVAL;
}

static int within_from(struct slice word)
{
	return slice_is(word, "process") ? 1 : -EINVAL;
}

static int read_from(
    struct yaml_read *in, const struct mta *mta, const struct yaml *node, struct pattern *p)
{
	char **names = NULL;
	int r = yaml_read_texts(in, node, "from", &names);

	if (r < 0)
		return r;
	p->from = texts_count(names) ? 0 : UINT64_MAX;
	for (size_t i = 0; r == 0 && names[i]; i++) {
		size_t k = 0;

		while (k < mta->as_count && strcmp(mta->as_names[k], names[i]) != 0)
			k++;
		if (k == mta->as_count)
			r = yaml_fail(
			    in, yaml_tree_get(node, "from"), "no ident is called '%s'", names[i]);
		else
			p->from |= UINT64_C(1) << k;
	}
	texts_free(names);
	return r;
}

int pattern_read(struct yaml_read *in, const struct mta *mta, const struct definitions *definitions,
    const struct yaml *node, struct pattern *ret)
{
	static const char *const keys[] = {"name", "from", "literal", "regex", "event", "set",
	    "wait", "once", "also", "within", NULL};
	int wait = WAIT_NOT, in_process = 0, r = yaml_want_map(in, node, keys, "a pattern");

	ret->line = node->line;
	if (r < 0)
		return r;
	r = yaml_read_text(in, node, "name", true, &ret->name);
	if (r < 0)
		return r;
	r = read_from(in, mta, node, ret);
	if (r < 0)
		return r;
	r = read_literals(in, node, ret);
	if (r < 0)
		return r;
	r = read_regex(in, definitions, node, ret);
	if (r < 0)
		return r;
	r = read_set(in, yaml_tree_get(node, "set"), ret);
	if (r < 0)
		return r;
	r = read_events(in, node, ret);
	if (r < 0)
		return r;
	r = yaml_read_word(in, node, "wait", wait_from, &wait);
	if (r < 0)
		return r;
	ret->wait = (enum wait)wait;
	r = yaml_read_word(in, node, "within", within_from, &in_process);
	if (r < 0)
		return r;
	if (in_process && !pattern_tells(ret, FIELD_KEY))
		return yaml_fail(in, yaml_tree_get(node, "within"), "the regex has no group 'key'");
	ret->in_process = in_process;
	r = yaml_read_flag(in, node, "once", &ret->once);
	if (r < 0)
		return r;
	return yaml_read_flag(in, node, "also", &ret->also);
}
