/* SPDX-License-Identifier: ISC */
#include "base/yaml_read.h"

#include "base/memory.h"
#include "base/nearest.h"
#include <errno.h>
#include <stdlib.h>

int yaml_fail(struct yaml_read *in, const struct yaml *at, const char *format, ...)
{
	_cleanup_buffer_ struct buffer text = {0};
	va_list arguments;

	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	return diag_set(in->diag, EINVAL, in->path, at->line, at->column, "%s", buffer_text(&text));
}

static int refuse_key(
    struct yaml_read *in, const struct yaml *key, const char *const *names, const char *what)
{
	_cleanup_buffer_ struct buffer advice = {0};
	size_t count = 0;
	const char *meant;

	while (names[count])
		count++;
	meant = nearest_meant(key->text.p, names, count);
	if (meant)
		buffer_printf(&advice, "did you mean '%s'?", meant);
	else
		for (size_t i = 0; i < count; i++)
			buffer_printf(&advice, "%s%s", i ? ", " : "its keys: ", names[i]);
	return yaml_fail(in, key, "'%.*s' is not a key of %s; %s", SLICE_FMT(key->text), what,
	    buffer_text(&advice));
}

int yaml_want_map(
    struct yaml_read *in, const struct yaml *node, const char *const *names, const char *what)
{
	if (node->kind != YAML_MAP)
		return yaml_fail(in, node, "%s is a mapping of `key: value`", what);
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml *key = node->keys[i];
		const char *const *name = names;

		while (*name && !slice_is(key->text, *name))
			name++;
		if (!*name)
			return refuse_key(in, key, names, what);
	}
	return 0;
}

int yaml_want_list(struct yaml_read *in, const struct yaml *node, const char *what)
{
	return node->kind == YAML_LIST ? 0 : yaml_fail(in, node, "%s is a list", what);
}

int yaml_want_text(struct yaml_read *in, const struct yaml *node, const char *what)
{
	return node->kind == YAML_SCALAR ? 0 : yaml_fail(in, node, "%s is a word or text", what);
}

int yaml_read_text(
    struct yaml_read *in, const struct yaml *map, const char *key, bool required, char **ret)
{
	const struct yaml *node = yaml_tree_get(map, key);
	int r;

	if (!node)
		return required ? yaml_fail(in, map, "'%s' is missing here", key) : 0;
	r = yaml_want_text(in, node, key);
	if (r < 0)
		return r;
	if (required && node->text.n == 0)
		return yaml_fail(in, node, "'%s' is empty", key);
	*ret = memory_copy(node->text.p, node->text.n);
	return 0;
}

int yaml_read_flag(struct yaml_read *in, const struct yaml *map, const char *key, bool *ret)
{
	const struct yaml *node = yaml_tree_get(map, key);

	if (!node)
		return 0;
	if (node->kind != YAML_SCALAR ||
	    (!slice_is(node->text, "yes") && !slice_is(node->text, "no")))
		return yaml_fail(in, node, "'%s' is yes or no", key);
	*ret = slice_is(node->text, "yes");
	return 0;
}

int yaml_read_texts(struct yaml_read *in, const struct yaml *map, const char *key, char ***ret)
{
	struct yaml *node = yaml_tree_get(map, key), **items = &node;
	size_t count = node ? 1 : 0;
	char **texts;

	if (node && node->kind == YAML_LIST) {
		items = node->items;
		count = node->count;
	}
	texts = memory_array(count + 1, sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		int r = yaml_want_text(in, items[i], key);

		if (r < 0) {
			texts_free(texts);
			return r;
		}
		texts[i] = memory_copy(items[i]->text.p, items[i]->text.n);
	}
	*ret = texts;
	return 0;
}

int yaml_read_word(struct yaml_read *in, const struct yaml *map, const char *key,
    int (*from)(struct slice word), int *ret)
{
	const struct yaml *node = yaml_tree_get(map, key);
	int value;

	if (!node)
		return 0;
	if (node->kind != YAML_SCALAR)
		return yaml_fail(in, node, "'%s' is one word", key);
	value = from(node->text);
	if (value < 0)
		return yaml_fail(
		    in, node, "'%.*s' is not a word that '%s' knows", SLICE_FMT(node->text), key);
	*ret = value;
	return 0;
}
