/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml_read.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct yaml *parsed(struct slice text)
{
	_cleanup_diag_ struct diag d = {0};
	struct yaml *tree = NULL;

	if (yaml_tree_parse(text, "it.yaml", &tree, &d) < 0)
		fail_msg("%.*s: %u:%u: %s", SLICE_FMT(text), d.line, d.column, d.text);
	return tree;
}

struct row {
	struct slice text;
	const char *says;
};
#define ROW(text, says)                                                                            \
	{                                                                                          \
		{text, sizeof(text) - 1}, says                                                     \
	}

static void test_refused(void **state)
{
	static const struct row rows[] = {
	    ROW("", "it.yaml:1:1: the file is empty"),
	    ROW("# nothing\n\n", "it.yaml:1:1: the file is empty"),
	    ROW("a: 1\nb: 2\n  \na: 3\n", "it.yaml:4:1: key 'a' is there twice, first in line 1"),
	    ROW("x:\n  - {k: 1, l: 2,\n     k: 3}\n",
		"it.yaml:3:6: key 'k' is there twice, first in line 2"),
	    ROW("[a, b]: c\n", "it.yaml:1:1: a key must be a single word or text"),
	    ROW("x: &a b\n", "it.yaml:1:4: anchors are not used here"),
	    ROW("x: &a [b]\n", "it.yaml:1:4: anchors are not used here"),
	    ROW("x: &a {b: c}\n", "it.yaml:1:4: anchors are not used here"),
	    ROW("&a x: b\n", "it.yaml:1:1: anchors are not used here"),
	    ROW("x: *a\n", "it.yaml:1:4: aliases are not used here"),
	    ROW("a: 1\n---\nb: 2\n", "it.yaml:2:1: a second document; a file holds one"),
	    ROW("a: 1\n...\n---\nb: 2\n", "it.yaml:3:1: a second document; a file holds one"),
	    ROW("x: !!binary '*'\n", "it.yaml:1:4: !!binary wants base64"),
	    ROW("a: b\nc: [d\n", "it.yaml:3:1: not YAML: did not find expected ',' or ']'"),
	    ROW("a: 'b\n", "it.yaml:2:1: not YAML: found unexpected end of stream"),
	    ROW("a: b: c\n",
		"it.yaml:1:5: not YAML: mapping values are not allowed in this context"),
	    ROW("a: b\nccc: d\x1b[31m\n",
		"it.yaml:2:7: not YAML: control characters are not allowed"),
	    ROW("\0", "it.yaml:1:1: not YAML: control characters are not allowed"),
	    ROW("a: b\n\xff", "it.yaml:2:1: not YAML: invalid leading UTF-8 octet"),
	    ROW("a: b\n  # \xc3(\n", "it.yaml:2:6: not YAML: invalid trailing UTF-8 octet"),
	    ROW("\xfe\xff\0a", "it.yaml:1:1: not YAML: invalid leading UTF-8 octet"),
	    ROW("[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]", "it.yaml:1:18: nested too deeply"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		_cleanup_buffer_ struct buffer said = {0};
		struct yaml *tree = NULL;
		int r = yaml_tree_parse(rows[i].text, "it.yaml", &tree, &d);

		/* Whether an empty file is wrong is for its reader to say. */
		if (r != (i < 2 ? -ENODATA : -EINVAL) || tree)
			fail_msg("%.*s: taken", SLICE_FMT(rows[i].text));
		diag_text(&d, &said);
		assert_string_equal(buffer_text(&said), rows[i].says);
	}
}

static void test_scalars(void **state)
{
	static const struct {
		const char *text;
		struct slice value;
		bool plain;
	} rows[] = {
	    {"x: yes", {"yes", 3}, true},
	    {"x: 1.0", {"1.0", 3}, true},
	    {"x: null", {"null", 4}, true},
	    {"x:", {"", 0}, true},
	    {"x: ''", {"", 0}, false},
	    {"x: 'it''s \\d'", {"it's \\d", 7}, false},
	    {"x: \"a\\tb\\0c\"", {"a\tb\0c", 5}, false},
	    {"x: |\n  a\n  b\n", {"a\nb\n", 4}, false},
	    {"x: |-\n  a\n  b\n", {"a\nb", 3}, false},
	    {"x: !!binary YQBi/w==", {"a\0b\xff", 4}, true},
	    {"x: !!binary ''", {"", 0}, false},
	    {"x: !!binary |\n  YWJj\n  ZGVm\n", {"abcdef", 6}, false},
	    {"x: !!str 1", {"1", 1}, true},
	    {"\xef\xbb\xbfx: a", {"a", 1}, true},
	    {"x: \xc3\xa4", {"\xc3\xa4", 2}, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_yaml_ struct yaml *tree = parsed(slice_of(rows[i].text));
		const struct yaml *x = yaml_tree_get(tree, "x");

		assert_non_null(x);
		assert_int_equal(x->kind, YAML_SCALAR);
		assert_int_equal(x->text.n, rows[i].value.n);
		assert_memory_equal(x->text.p, rows[i].value.p, x->text.n + 1);
		assert_int_equal(x->plain, rows[i].plain);
	}
}

static void check_place(const struct yaml *node, unsigned line, unsigned column)
{
	assert_non_null(node);
	assert_int_equal(node->line, line);
	assert_int_equal(node->column, column);
}

static void test_places(void **state)
{
	_cleanup_yaml_ struct yaml *tree =
	    parsed(SLICE("# a\nlist:\n  - one\n  - {k: v}\nempty: []\nmap:\n  k: |-\n    x\n"));
	const struct yaml *list = yaml_tree_get(tree, "list");

	(void)state;
	check_place(tree, 2, 1);
	check_place(list, 3, 3);
	assert_int_equal(list->count, 2);
	check_place(list->items[0], 3, 5);
	check_place(yaml_tree_get(list->items[1], "k"), 4, 9);
	check_place(yaml_tree_get(tree, "empty"), 5, 8);
	assert_int_equal(yaml_tree_get(tree, "empty")->count, 0);
	check_place(yaml_tree_get(yaml_tree_get(tree, "map"), "k"), 7, 6);
	check_place(tree->keys[2], 6, 1);
	assert_null(yaml_tree_get(tree, "none"));
	assert_null(yaml_tree_get(list, "k"));
	assert_null(yaml_tree_get(NULL, "k"));
	assert_null(yaml_tree_free(NULL));
}

static void test_load(void **state)
{
	_cleanup_diag_ struct diag missing = {0}, folder = {0}, endless = {0};
	struct yaml *tree = NULL;

	(void)state;
	assert_int_equal(yaml_tree_load("/nowhere/it.yaml", &tree, &missing), -ENOENT);
	assert_string_equal(missing.text, "cannot be read: No such file or directory");
	assert_int_equal(yaml_tree_load("/tmp", &tree, &folder), -EISDIR);
	assert_string_equal(folder.text, "cannot be read: Is a directory");
	assert_int_equal(yaml_tree_load("/dev/zero", &tree, &endless), -EFBIG);
	assert_string_equal(endless.text, "cannot be read: File too large");
	assert_null(tree);
}

static int colour_from(struct slice word)
{
	return slice_is(word, "red") ? 1 : -EINVAL;
}

static void test_read(void **state)
{
	_cleanup_yaml_ struct yaml *tree = parsed(
	    SLICE("text: a\nlist: [a, b]\none: c\nnone: []\nyes: yes\nno: no\ncolour: red\n"));
	_cleanup_diag_ struct diag d = {0};
	struct yaml_read in = {"it.yaml", &d};
	_cleanup_free_ char *text = NULL;
	char **texts = NULL, *untouched = NULL;
	bool flag = false;
	int word = 7;

	(void)state;
	assert_int_equal(yaml_read_text(&in, tree, "text", true, &text), 0);
	assert_string_equal(text, "a");
	assert_int_equal(yaml_read_text(&in, tree, "other", false, &untouched), 0);
	assert_null(untouched);
	assert_int_equal(yaml_read_texts(&in, tree, "list", &texts), 0);
	assert_int_equal(texts_count(texts), 2);
	assert_string_equal(texts[1], "b");
	texts = texts_free(texts);
	assert_int_equal(texts_count(texts), 0);
	assert_int_equal(yaml_read_texts(&in, tree, "one", &texts), 0);
	assert_int_equal(texts_count(texts), 1);
	texts_free(texts);
	assert_int_equal(yaml_read_texts(&in, tree, "other", &texts), 0);
	assert_int_equal(texts_count(texts), 0);
	texts_free(texts);
	assert_int_equal(yaml_read_flag(&in, tree, "yes", &flag), 0);
	assert_true(flag);
	assert_int_equal(yaml_read_flag(&in, tree, "other", &flag), 0);
	assert_true(flag);
	assert_int_equal(yaml_read_flag(&in, tree, "no", &flag), 0);
	assert_false(flag);
	assert_int_equal(yaml_read_word(&in, tree, "other", colour_from, &word), 0);
	assert_int_equal(word, 7);
	assert_int_equal(yaml_read_word(&in, tree, "colour", colour_from, &word), 0);
	assert_int_equal(word, 1);
	assert_null(d.text);

	assert_int_equal(yaml_read_flag(&in, tree, "text", &flag), -EINVAL);
	assert_string_equal(d.text, "'text' is yes or no");
	/* The first cause stays. */
	assert_int_equal(yaml_read_word(&in, tree, "text", colour_from, &word), -EINVAL);
	assert_string_equal(d.text, "'text' is yes or no");
	assert_int_equal(d.line, 1);
	assert_int_equal(d.column, 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_scalars),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_load),
	    cmocka_unit_test(test_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
