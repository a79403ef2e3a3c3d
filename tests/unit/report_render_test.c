/* SPDX-License-Identifier: ISC */
/* Formats: quoting, the formula guard, hostile text, what is not known, widths, colour. */
#include "report/renderer.h"

#include "report/figure.h"
#include "report/sheet.h"
#include "report/sparkline.h"
#include "report_fixture.h"
#include <locale.h>
#include <math.h>

static const struct column columns[] = {
    {.name = "name"},
    {.name = "count", .title = "how many", .type = COLUMN_COUNT},
    {.name = "share", .type = COLUMN_FRACTION},
    {.name = "seen_utc", .title = "seen", .type = COLUMN_TIME},
    {.name = "flag", .type = COLUMN_FLAG},
    {.name = "never", .type = COLUMN_COUNT},
    {.name = "for_programs", .audience = AUDIENCE_DATA},
    {.name = "for_people", .audience = AUDIENCE_TABLE},
};

struct sheet {
	struct report report;
	struct report_request request;
	struct result *result;
	struct zone *zone;
	char *text;
};

static int set_up_sheet(void **state)
{
	struct sheet *s = calloc(1, sizeof(*s));
	_cleanup_diag_ struct diag d = {0};

	assert_int_equal(zone_open("UTC", &s->zone, &d), 0);
	s->request.zone = s->zone;
	s->report.request = &s->request;
	s->report.view = view_find("protocols", &d);
	s->result = result_new("rows");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(s->result, &columns[i]);
	view_add(&s->report, s->result);
	*state = s;
	return 0;
}

static int tear_down_sheet(void **state)
{
	struct sheet *s = *state;

	result_free(s->result);
	zone_free(s->zone);
	free(s->text);
	free(s);
	return 0;
}

static void add(struct sheet *s, const char *name, struct cell count, struct cell share)
{
	struct cell *row = result_row(s->result);

	row[0] = cell_text(name);
	row[1] = count;
	row[2] = share;
	row[6] = cell_text("data");
	row[7] = cell_text("people");
}

static const char *render(struct sheet *s, void (*function)(const struct report *, FILE *))
{
	size_t n = 0;
	FILE *out;

	free(s->text);
	out = open_memstream(&s->text, &n);
	function(&s->report, out);
	fclose(out);
	return s->text;
}

static void csv(void **state)
{
	struct sheet *s = *state;
	struct cell *row;

	add(s, "plain", cell_count(1234567), cell_share(1, 3));
	add(s, "a,b", cell_count(0), cell_share(0, 3));
	add(s, "say \"no\"", (struct cell){0}, cell_share(0, 0));
	add(s, "two\nlines", cell_count(-5), cell_share(3, 3));
	add(s, NULL, cell_count(1), cell_share(1, INT64_C(1000000000)));
	row = result_row(s->result);
	row[2] = cell_share(INT64_C(999999999), INT64_C(1000000000));
	row[3] = cell_count(NOON);
	row[4] = cell_flag(0);
	assert_string_equal(render(s, render_csv),
	    "name,count,share,seen_utc,flag,never,for_programs\n"
	    "plain,1234567,0.333333,,,,data\n"
	    "\"a,b\",0,0.000000,,,,data\n"
	    "\"say \"\"no\"\"\",,,,,,data\n"
	    "two\\x0alines,-5,1.000000,,,,data\n"
	    ",1,0.000001,,,,data\n"
	    ",,0.999999,2026-11-24T12:00:00Z,no,,\n");
}

static void formulas(void **state)
{
	static const char *const hostile[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a=1"};
	static const char *const guarded[] = {
	    "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\\x09x", "'\\x0dx", "a=1"};
	static const char *const as_they_are[] = {
	    "=1+1", "+1", "-1", "@SUM(A1)", "\\x09x", "\\x0dx", "a=1"};

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct sheet *s = *state;
		const char *line;

		s->result->row_count = 0;
		add(s, hostile[i], (struct cell){0}, (struct cell){0});
		s->request.no_formula_guard = false;
		line = strchr(render(s, render_csv), '\n') + 1;
		assert_memory_equal(line, guarded[i], strlen(guarded[i]));
		s->request.no_formula_guard = true;
		line = strchr(render(s, render_csv), '\n') + 1;
		assert_memory_equal(line, as_they_are[i], strlen(as_they_are[i]));
	}
}

static void json_rows(void **state)
{
	struct sheet *s = *state;
	struct cell *row;

	add(s, "a\"b\\\x01", cell_count(1234567), cell_share(1, 3));
	row = result_row(s->result);
	row[1] = cell_count(0);
	row[2] = cell_share(0, 5);
	row[3] = cell_count(NOON);
	row[4] = cell_flag(1);
	assert_string_equal(render(s, render_ndjson),
	    "{\"name\":\"a\\\"b\\\\\\u0001\",\"count\":1234567,\"share\":0.333333,"
	    "\"seen_utc\":null,\"flag\":null,\"never\":null,\"for_programs\":\"data\"}\n"
	    "{\"name\":null,\"count\":0,\"share\":0.0,\"seen_utc\":\"2026-11-24T12:00:00Z\","
	    "\"flag\":true,\"never\":null,\"for_programs\":null}\n");
}

/* What a peer may put into a log: controls, half of a character, an override of direction. */
static void hostile(void **state)
{
	struct sheet *s = *state;

	add(s, "\033[2J\x07 \xff \xc3\xa9 \xe2\x80\xae", cell_count(1), (struct cell){0});
	assert_non_null(
	    strstr(render(s, render_csv), "\n\\x1b[2J\\x07 \\xff \xc3\xa9 \\xe2\\x80\\xae,"));
	assert_non_null(
	    strstr(render(s, render_json), "\"\\u001B[2J\\u0007 \\\\xff \xc3\xa9 \xe2\x80\xae\""));
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fail_msg("there is no locale C.UTF-8");
	assert_non_null(
	    strstr(render(s, render_table), "\n\\x1b[2J\\x07 \\xff \xc3\xa9 \\xe2\\x80\\xae  "));
	assert_null(strchr(s->text, '\033'));
	setlocale(LC_CTYPE, "C");
	assert_non_null(
	    strstr(render(s, render_table), "\n\\x1b[2J\\x07 \\xff \\xc3\\xa9 \\xe2\\x80\\xae  "));
}

/* Nothing of it may become markup, or end an attribute, a cell or a label. */
static void hostile_markup(void **state)
{
	struct sheet *s = *state;

	add(s, "</td><script>\"'&", cell_count(1), (struct cell){0});
	add(s, "a|b`c\\", cell_count(1), (struct cell){0});
	add(s, "@all #1", cell_count(1), (struct cell){0});
	add(s, "\033]0;x\x07\xff\xe2\x80\xae", cell_count(1), (struct cell){0});
	assert_non_null(strstr(render(s, render_html),
	    "<th scope=\"row\" class=\"text\">&lt;/td&gt;&lt;script&gt;&quot;&#39;&amp;</th>"));
	assert_non_null(strstr(s->text, ">\\x1b]0;x\\x07\\xff\\xe2\\x80\\xae</th>"));
	assert_null(strstr(s->text, "<script"));
	assert_non_null(strstr(render(s, render_markdown), "\n| `</td><script>\"'&` | 1 |"));
	assert_non_null(strstr(s->text, "\n| <code>a&#124;b&#96;c&#92;</code> | 1 |"));
	assert_non_null(strstr(s->text, "\n| `@all #1` | 1 |"));
	assert_null(strchr(s->text, '\033'));
}

/* A label of a metric: the text is that of a pattern file, which is no reason to trust it. */
static void hostile_metrics(void **state)
{
	struct sheet *s = *state;
	struct cell *row;

	result_free(s->result);
	s->report.result_count = 0;
	s->result = result_new("protocols");
	result_column(s->result, &(struct column){.name = "mta"});
	result_column(s->result, &(struct column){.name = "sessions", .type = COLUMN_COUNT});
	view_add(&s->report, s->result);
	row = result_row(s->result);
	row[0] = cell_text("a\"b\\c\nd");
	row[1] = cell_count(3);
	result_row(s->result)[0] = cell_text("not known");
	assert_non_null(strstr(render(s, render_prometheus),
	    "\nmailtls_sessions{mta=\"a\\\"b\\\\c\\\\x0ad\",direction=\"unknown\","
	    "service=\"unknown\",internal=\"no\",unit=\"unknown\",protocol=\"unknown\"} 3\n"));
	assert_null(strstr(s->text, "not known"));
}

static const char *table_of(struct sheet *s)
{
	const char *table = strstr(render(s, render_table), "\n\n");

	assert_non_null(table);
	return table + 2;
}

static void table(void **state)
{
	struct sheet *s = *state;
	struct cell *row;

	add(s, "long name", cell_count(1234567), cell_share(1, 3));
	add(s, "short", cell_count(0), cell_share(0, 3));
	add(s, NULL, (struct cell){0}, cell_share(1, 100000));
	row = result_row(s->result);
	row[2] = cell_share(99999, 100000);
	row[3] = cell_count(NOON);
	row[4] = cell_flag(1);
	assert_string_equal(table_of(s),
	    "NAME        HOW MANY   SHARE  SEEN              FLAG  FOR_PEOPLE\n"
	    "long name  1,234,567   33.3%  -                 -     people\n"
	    "short              0      0%  -                 -     people\n"
	    "-                  -   <0.1%  -                 -     people\n"
	    "-                  -  >99.9%  2026-11-24 12:00  yes   -\n");
}

/* Dispensable columns go first, then the widest text is folded; no line is wider than asked. */
static void widths(void **state)
{
	struct sheet *s = *state;

	s->result->columns[2].spare = 1;
	add(s, "a name that is a good deal longer than the forty columns it gets", cell_count(7),
	    cell_share(1, 3));
	for (size_t width = 20; width < 120; width++) {
		s->request.width = width;
		for (const char *p = table_of(s); *p; p += strcspn(p, "\n") + 1)
			assert_true(strcspn(p, "\n") <= width);
		assert_true((strstr(s->text, "SHARE") != NULL) == (width >= 90));
	}
}

/* Several texts give way, and where none is left to give, a row becomes lines of its own. */
static void narrow(void **state)
{
	struct sheet *s = *state;
	struct cell *row;

	result_free(s->result);
	s->report.result_count = 0;
	s->result = result_new("rows");
	for (size_t i = 0; i < 4; i++)
		result_column(s->result, &(struct column){.name = "a_long_heading"});
	for (size_t i = 0; i < 4; i++)
		result_column(s->result, &(struct column){.name = "number", .type = COLUMN_COUNT});
	view_add(&s->report, s->result);
	row = result_row(s->result);
	for (size_t i = 0; i < 8; i++)
		row[i] = i < 4 ? cell_text("some_text_of_thirty_characters")
			       : cell_count(INT64_C(1234567));
	for (size_t width = 20; width < 200; width++) {
		s->request.width = width;
		for (const char *p = table_of(s); *p; p += strcspn(p, "\n") + 1)
			assert_true(strcspn(p, "\n") <= width);
		assert_true((strstr(s->text, "\nNUMBER 1,234,567\n") != NULL) ==
			    (width < 4 * (6 + 1 + 9 + 1) - 1));
	}
}

static void colour(void **state)
{
	struct sheet *s = *state;

	add(s, "a", cell_count(1), (struct cell){0});
	assert_null(strchr(render(s, render_table), '\033')); /* no terminal */
	s->request.color = COLOR_ALWAYS;
	assert_non_null(strchr(render(s, render_table), '\033'));
	s->request.color = COLOR_NEVER;
	assert_null(strchr(render(s, render_table), '\033'));
}

static void cut(void **state)
{
	struct sheet *s = *state;

	for (int i = 0; i < 5; i++)
		add(s, "a", cell_count(i), (struct cell){0});
	s->result->title = "Things";
	s->result->table_rows = 2;
	assert_non_null(strstr(render(s, render_table), "Things (2 of 5; --view rows shows all)"));
	assert_null(strstr(s->text, "a            2"));
	assert_non_null(strstr(render(s, render_csv), "\na,4,"));
}

static void figures(void **state _unused_)
{
	static const struct {
		int64_t count;
		const char *text;
	} counts[] = {{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"},
	    {-1000, "-1,000"}};
	static const struct {
		double fraction;
		const char *text;
	} shares[] = {{0, "0%"}, {1e-9, "<0.1%"}, {0.001, "0.1%"}, {0.3333, "33.3%"},
	    {0.9994, ">99.9%"}, {0.999, "99.9%"}, {1, "100%"}};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		figure_count(&text, counts[i].count);
		assert_string_equal(buffer_text(&text), counts[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		figure_share(&text, shares[i].fraction);
		assert_string_equal(buffer_text(&text), shares[i].text);
	}
}

static void numbers(void **state _unused_)
{
	static const struct {
		double number;
		const char *people, *difference, *exact;
	} numbers[] = {
	    {0, "0", "=", "0"},
	    {0.04, "<0.1", "+<0.1", "0.04"},
	    {-0.04, "-<0.1", "-<0.1", "-0.04"},
	    {12.25, "12.3", "+12.3", "12.25"},
	    {-99.5, "-99.5", "-99.5", "-99.5"},
	    {142.857142857142, "143", "+143", "142.857143"},
	    {1234.5678, "1,235", "+1,235", "1234.5678"},
	    {1000, "1,000", "+1,000", "1000"},
	    {123456789012., "123,456,789,012", "+123,456,789,012", "123456789000"},
	    {-1.23456789012e-7, "-<0.1", "-<0.1", "-0.000000123456789"},
	    {1e-40, "<0.1", "+<0.1", "0"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		_cleanup_buffer_ struct buffer people = {0}, difference = {0}, exact = {0};

		figure_number(&people, numbers[i].number);
		figure_difference(&difference, numbers[i].number);
		figure_exact(&exact, numbers[i].number);
		assert_string_equal(buffer_text(&people), numbers[i].people);
		assert_string_equal(buffer_text(&difference), numbers[i].difference);
		assert_string_equal(buffer_text(&exact), numbers[i].exact);
		assert_true(fabs(strtod(exact.p, NULL) - figure_nine(numbers[i].number)) <= 0);
	}
}

static void count_differences(void **state _unused_)
{
	static const struct {
		int64_t count;
		const char *text;
	} counts[] = {{0, "="}, {7, "+7"}, {-1234, "-1,234"}};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		figure_count_difference(&text, counts[i].count);
		assert_string_equal(buffer_text(&text), counts[i].text);
	}
}

static void expect_sparkline(
    const int64_t points[][2], size_t count, size_t width, bool utf8, const char *expected)
{
	_cleanup_result_ struct result *r = result_new("series");
	struct series *series = result_series(r, count);
	_cleanup_buffer_ struct buffer text = {0};

	for (size_t i = 0; i < count; i++) {
		series->points[i].part = points[i][0];
		series->points[i].whole = points[i][1];
	}
	sparkline(&text, series, width, utf8);
	assert_string_equal(buffer_text(&text), expected);
}

/* The greatest share is the highest bar; none of what there was is not nothing there. */
static void sparklines(void **state _unused_)
{
	static const int64_t rising[][2] = {
	    {0, 8}, {1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}, {6, 8}, {7, 8}, {8, 8}};
	static const int64_t even[][2] = {{5, 50}, {6, 60}, {7, 70}, {8, 80}};
	static const int64_t scarce[][2] = {{0, 0}, {1, 1000}, {0, 1000}, {0, 0}};

	expect_sparkline(rising, ARRAY_SIZE(rising), 20, false, "_:-=+*#@@");
	expect_sparkline(rising, ARRAY_SIZE(rising), 20, true, "·▂▃▄▅▆▇██");
	expect_sparkline(even, ARRAY_SIZE(even), 2, false, "@@");
	expect_sparkline(scarce, ARRAY_SIZE(scarce), 20, true, " █· ");
	expect_sparkline(scarce, ARRAY_SIZE(scarce), 2, true, "█·");
	expect_sparkline(even, 0, 5, false, "");
	expect_sparkline(even, 3, 0, false, "");
}

/* At blanks, then after punctuation, then anywhere; a character of two columns is not halved. */
static void folding(void **state _unused_)
{
	static const struct {
		const char *text, *folded;
		size_t width;
	} cases[] = {
	    {"short", "short", 10},
	    {"exactly ten", "exactly\nten", 10},
	    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_\nWITH_AES_256_GCM_\nSHA384",
		17},
	    {"2001:db8:1234:5678::1", "2001:db8:\n1234:5678:\n:1", 10},
	    {"withoutanyend", "witho\nutany\nend", 5},
	    {"a withoutanyend", "a\nwitho\nutany\nend", 5},
	    {"\u65e5\u672c\u8a9e", "\u65e5\n\u672c\n\u8a9e", 3},
	    {"", "", 5},
	    {"ab", "a\nb", 0},
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fail_msg("there is no locale C.UTF-8");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		sheet_fold(&text, cases[i].text, cases[i].width);
		assert_string_equal(buffer_text(&text), cases[i].folded);
	}
	setlocale(LC_CTYPE, "C");
}

#define with_sheet(name) cmocka_unit_test_setup_teardown(name, set_up_sheet, tear_down_sheet)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_sheet(csv),
	    with_sheet(formulas),
	    with_sheet(json_rows),
	    with_sheet(hostile),
	    with_sheet(hostile_markup),
	    with_sheet(hostile_metrics),
	    with_sheet(table),
	    with_sheet(widths),
	    with_sheet(narrow),
	    with_sheet(colour),
	    with_sheet(cut),
	    cmocka_unit_test(figures),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(count_differences),
	    cmocka_unit_test(sparklines),
	    cmocka_unit_test(folding),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
