/* SPDX-License-Identifier: ISC */
#include "base/yaml.h"

#include "base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <yaml.h>

#define DEPTH_MAX 16
#define SIZE_MAX_BYTES (4 * 1024 * 1024)

struct loader {
	yaml_parser_t parser;
	const char *name;
	struct slice text;
	struct diag *diag;
};

struct yaml *yaml_tree_free(struct yaml *node)
{
	if (!node)
		return NULL;
	for (size_t i = 0; i < node->count; i++) {
		yaml_tree_free(node->items[i]);
		if (node->keys)
			yaml_tree_free(node->keys[i]);
	}
	free(node->items);
	free(node->keys);
	free((char *)node->text.p);
	free(node);
	return NULL;
}

struct yaml *yaml_tree_get(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (slice_is(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

/* libyaml gives line 0 for bytes that no YAML may hold, and only their offset. */
static int syntax_error(struct loader *l)
{
	yaml_mark_t at = l->parser.problem_mark;
	unsigned line = (unsigned)at.line + 1, column = (unsigned)at.column + 1;

	if (l->parser.error == YAML_READER_ERROR) {
		line = column = 1;
		for (size_t i = 0; i < l->parser.problem_offset && i < l->text.n; i++) {
			column++;
			if (l->text.p[i] == '\n') {
				line++;
				column = 1;
			}
		}
	}
	return diag_set(l->diag, EINVAL, l->name, line, column, "not YAML: %s",
	    l->parser.problem ? l->parser.problem : "unexpected end");
}

static int refuse(struct loader *l, const yaml_mark_t *at, const char *what)
{
	return diag_set(
	    l->diag, EINVAL, l->name, (unsigned)at->line + 1, (unsigned)at->column + 1, "%s", what);
}

static int next_event(struct loader *l, yaml_event_t *ret)
{
	if (!yaml_parser_parse(&l->parser, ret))
		return syntax_error(l);
	return 0;
}

static int base64_digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int decode_base64(struct slice text, struct buffer *to)
{
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < text.n; i++) {
		int digit = base64_digit(text.p[i]);

		if (text.p[i] == '=')
			break;
		if (strchr(" \t\r\n", text.p[i]))
			continue;
		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buffer_char(to, (char)(bits >> count));
		}
	}
	return 0;
}

static int read_scalar(struct loader *l, const yaml_event_t *event, struct yaml *node)
{
	const char *tag = (const char *)event->data.scalar.tag;
	struct slice text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	struct buffer decoded = {0};

	node->kind = YAML_SCALAR;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE;
	if (!tag || strcmp(tag, "tag:yaml.org,2002:binary") != 0) {
		node->text = (struct slice){memory_copy(text.p, text.n), text.n};
		return 0;
	}
	if (decode_base64(text, &decoded) < 0) {
		buffer_free(&decoded);
		return refuse(l, &event->start_mark, "!!binary wants base64");
	}
	node->text.n = decoded.n;
	node->text.p = buffer_take(&decoded);
	return 0;
}

static int read_node(struct loader *l, yaml_event_t *event, int depth, struct yaml **ret);

static void add_item(struct yaml *node, struct yaml *key, struct yaml *value)
{
	if ((node->count & (node->count - 1)) == 0) {
		size_t size = node->count ? node->count * 2 : 1;

		node->items = memory_grow(node->items, size, sizeof(*node->items));
		if (node->kind == YAML_MAP)
			node->keys = memory_grow(node->keys, size, sizeof(*node->keys));
	}
	if (key)
		node->keys[node->count] = key;
	node->items[node->count++] = value;
}

static int check_key(struct loader *l, const struct yaml *map, const struct yaml *key)
{
	if (key->kind != YAML_SCALAR)
		return diag_set(l->diag, EINVAL, l->name, key->line, key->column,
		    "a key must be a single word or text");
	for (size_t i = 0; i < map->count; i++)
		if (slice_equal(map->keys[i]->text, key->text))
			return diag_set(l->diag, EINVAL, l->name, key->line, key->column,
			    "key '%.*s' is there twice, first in line %u", SLICE_FMT(key->text),
			    map->keys[i]->line);
	return 0;
}

/* Items of a list, or keys and values of a mapping, up to its end event. */
static int read_items(struct loader *l, struct yaml *node, yaml_event_type_t end, int depth)
{
	for (;;) {
		_cleanup_yaml_ struct yaml *first = NULL, *second = NULL;
		yaml_event_t event;
		int r = next_event(l, &event);

		if (r < 0)
			return r;
		if (event.type == end) {
			yaml_event_delete(&event);
			return 0;
		}
		r = read_node(l, &event, depth, &first);
		if (r < 0)
			return r;
		if (node->kind == YAML_LIST) {
			add_item(node, NULL, first);
			first = NULL;
			continue;
		}
		r = check_key(l, node, first);
		if (r < 0)
			return r;
		r = next_event(l, &event);
		if (r < 0)
			return r;
		r = read_node(l, &event, depth, &second);
		if (r < 0)
			return r;
		add_item(node, first, second);
		first = second = NULL;
	}
}

static bool has_anchor(const yaml_event_t *event)
{
	return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
	       (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
	       (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

/* Takes the event: it is deleted here. */
static int read_node(struct loader *l, yaml_event_t *event, int depth, struct yaml **ret)
{
	_cleanup_yaml_ struct yaml *node = memory_alloc(sizeof(*node));
	int r;

	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	if (depth > DEPTH_MAX)
		r = refuse(l, &event->start_mark, "nested too deeply");
	else if (event->type == YAML_ALIAS_EVENT)
		r = refuse(l, &event->start_mark, "aliases are not used here");
	else if (has_anchor(event))
		r = refuse(l, &event->start_mark, "anchors are not used here");
	else if (event->type == YAML_SCALAR_EVENT)
		r = read_scalar(l, event, node);
	else if (event->type == YAML_SEQUENCE_START_EVENT) {
		node->kind = YAML_LIST;
		r = read_items(l, node, YAML_SEQUENCE_END_EVENT, depth + 1);
	} else {
		node->kind = YAML_MAP;
		r = read_items(l, node, YAML_MAPPING_END_EVENT, depth + 1);
	}
	yaml_event_delete(event);
	if (r < 0)
		return r;
	*ret = node;
	node = NULL;
	return 0;
}

static int read_document(struct loader *l, struct yaml **ret)
{
	_cleanup_yaml_ struct yaml *root = NULL;
	bool ended = false;
	int r;

	while (!ended) {
		yaml_event_t event;

		r = next_event(l, &event);
		if (r < 0)
			return r;
		ended = event.type == YAML_STREAM_END_EVENT;
		if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
		    event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT) {
			r = read_node(l, &event, 0, &root);
			if (r < 0)
				return r;
			continue;
		}
		r = event.type == YAML_DOCUMENT_START_EVENT && root
			? refuse(l, &event.start_mark, "a second document; a file holds one")
			: 0;
		yaml_event_delete(&event);
		if (r < 0)
			return r;
	}
	if (!root)
		return diag_set(l->diag, ENODATA, l->name, 1, 1, "the file is empty");
	*ret = root;
	root = NULL;
	return 0;
}

int yaml_tree_parse(struct slice text, const char *name, struct yaml **ret, struct diag *d)
{
	struct loader l = {.name = name, .text = text, .diag = d};
	int r;

	if (!yaml_parser_initialize(&l.parser))
		return diag_set(d, ENOMEM, name, 0, 0, "out of memory");
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)text.p, text.n);
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	r = read_document(&l, ret);
	yaml_parser_delete(&l.parser);
	return r;
}

static int read_all(int fd, struct buffer *to)
{
	for (;;) {
		char part[16384];
		ssize_t n = read(fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		buffer_append(to, part, (size_t)n);
		if (to->n > SIZE_MAX_BYTES)
			return -EFBIG;
	}
}

int yaml_tree_load(const char *path, struct yaml **ret, struct diag *d)
{
	_cleanup_buffer_ struct buffer text = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r = fd < 0 ? -errno : read_all(fd, &text);

	if (r < 0)
		return diag_set(d, -r, path, 0, 0, "cannot be read: %s", strerror(-r));
	return yaml_tree_parse(buffer_slice(&text), path, ret, d);
}
