/* SPDX-License-Identifier: ISC */
#include "tls/advice.h"

#include "base/memory.h"
#include "tls/suite_word.h"

static const enum protocol versions[] = {PROTOCOL_SSLV2, PROTOCOL_SSLV3, PROTOCOL_TLSV1_0,
    PROTOCOL_TLSV1_1, PROTOCOL_TLSV1_2, PROTOCOL_TLSV1_3};

static int read_words(struct yaml_read *in, const struct yaml *map, struct advice *ret)
{
	_cleanup_disable_ struct disable known = {0};
	int r = map->kind == YAML_MAP ? 0 : yaml_fail(in, map, "this is a mapping of words");

	if (r < 0)
		return r;
	ret->keys = memory_array(map->count, sizeof(*ret->keys));
	ret->words = memory_array(map->count, sizeof(*ret->words));
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml *key = map->keys[i];
		_cleanup_diag_ struct diag why = {0};

		disable_clear(&known);
		if (disable_add(&known, key->text.p, NULL, &why) < 0)
			return yaml_fail(in, key, "%s", why.text);
		if (ret->lowest && !known.items[0].when.protocols)
			return yaml_fail(in, key, "'lowest' has words for protocols");
		r = yaml_want_text(in, map->items[i], "a word of the line");
		if (r < 0)
			return r;
		ret->keys[ret->count] = memory_string(known.items[0].name);
		ret->words[ret->count++] = memory_string(map->items[i]->text.p);
	}
	return 0;
}

static int read_entry(struct yaml_read *in, const struct yaml *node, struct advice *ret)
{
	static const char *const keys[] = {
	    "direction", "set", "back", "join", "names", "lowest", "exclude", NULL};
	const struct yaml *lowest, *exclude;
	int r = yaml_want_map(in, node, keys, "an advice");

	if (r == 0)
		r = yaml_read_text(in, node, "direction", false, &ret->direction);
	if (r == 0 && ret->direction && strcmp(ret->direction, "in") != 0 &&
	    strcmp(ret->direction, "out") != 0)
		r = yaml_fail(in, node, "'direction' is in or out");
	if (r == 0)
		r = yaml_read_text(in, node, "set", true, &ret->set);
	if (r == 0 && !strchr(ret->set, '%'))
		r = yaml_fail(in, node, "'set' has a %% where the word goes");
	if (r == 0)
		r = yaml_read_text(in, node, "back", true, &ret->back);
	if (r == 0)
		r = yaml_read_text(in, node, "join", false, &ret->join);
	if (r == 0)
		r = yaml_read_flag(in, node, "names", &ret->names);
	if (r < 0)
		return r;
	lowest = yaml_tree_get(node, "lowest");
	exclude = yaml_tree_get(node, "exclude");
	if (!lowest == !exclude)
		return yaml_fail(in, node, "an advice has either 'lowest' or 'exclude'");
	ret->lowest = lowest != NULL;
	return read_words(in, lowest ? lowest : exclude, ret);
}

int advice_read(struct yaml_read *in, const struct yaml *list, struct advice_list *ret)
{
	int r = list ? yaml_want_list(in, list, "advice") : 0;

	if (!list || r < 0)
		return r;
	ret->p = memory_array(list->count, sizeof(*ret->p));
	for (size_t i = 0; r == 0 && i < list->count; i++)
		r = read_entry(in, list->items[i], &ret->p[ret->n++]);
	return r;
}

void advice_clear(struct advice_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct advice *a = &list->p[i];

		for (size_t k = 0; k < a->count; k++) {
			free(a->keys[k]);
			free(a->words[k]);
		}
		free(a->keys);
		free(a->words);
		free(a->direction);
		free(a->set);
		free(a->back);
		free(a->join);
	}
	free(list->p);
	*list = (struct advice_list){0};
}

static const char *word_of(const struct advice *a, const char *key)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->keys[i], key) == 0)
			return a->words[i];
	return NULL;
}

/* The version from which on all stay.  None where nothing is taken, or the newest is, or where a
 * lower bound would take more than was asked for; SSL is gone nearly everywhere, so it may. */
static enum protocol lowest_left(const struct disable *set, enum scope scope)
{
	size_t lowest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		if (disable_takes_protocol(set, scope, versions[i]))
			lowest = i + 1;
	if (!lowest || lowest == ARRAY_SIZE(versions))
		return PROTOCOL_UNKNOWN;
	for (size_t i = 0; i < lowest; i++)
		if (versions[i] >= PROTOCOL_TLSV1_0 &&
		    !disable_takes_protocol(set, scope, versions[i]))
			return PROTOCOL_UNKNOWN;
	return versions[lowest];
}

static void add_word(const struct advice *a, const char *word, struct buffer *to)
{
	if (!word)
		return;
	if (to->n)
		buffer_text_add(to, a->join ? a->join : " ");
	buffer_text_add(to, word);
}

static void excluded(
    const struct advice *a, const struct disable *set, enum scope scope, struct buffer *to)
{
	for (size_t i = 0; i < a->count; i++) {
		enum protocol version = protocol_fold(slice_of(a->keys[i]));

		if (version != PROTOCOL_UNKNOWN ? disable_takes_protocol(set, scope, version)
						: disable_takes_property(set, scope, a->keys[i]))
			add_word(a, a->words[i], to);
	}
	for (size_t i = 0; a->names && i < set->count; i++)
		if (set->items[i].when.suite)
			add_word(a, set->items[i].as_given, to);
}

bool advice_line(
    const struct advice *a, const struct disable *set, enum scope scope, struct buffer *to)
{
	_cleanup_buffer_ struct buffer words = {0};
	size_t place = strcspn(a->set, "%");

	if (a->lowest) {
		enum protocol lowest = lowest_left(set, scope);

		if (lowest != PROTOCOL_UNKNOWN)
			add_word(a, word_of(a, protocol_name(lowest)), &words);
	} else {
		excluded(a, set, scope, &words);
	}
	if (!words.n)
		return false;
	buffer_append(to, a->set, place);
	buffer_text_add(to, words.p);
	buffer_text_add(to, a->set + place + 1);
	return true;
}
