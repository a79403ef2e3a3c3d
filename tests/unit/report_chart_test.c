/* SPDX-License-Identifier: ISC */
/* Charts: what is drawn adds up, what is small can be seen, and what is seen is also said. */
#include "report/chart_svg.h"

#include "report_fixture.h"

#define WIDTH 4200 /* of a bar that is the whole */

struct drawing {
	struct chart *chart;
	struct zone *zone;
	struct buffer text;
};

static int set_up_chart(void **state)
{
	struct drawing *d = calloc(1, sizeof(*d));
	_cleanup_diag_ struct diag diag = {0};

	assert_int_equal(zone_open("UTC", &d->zone, &diag), 0);
	*state = d;
	return 0;
}

static int tear_down_chart(void **state)
{
	struct drawing *d = *state;

	chart_free(d->chart);
	zone_free(d->zone);
	buffer_free(&d->text);
	free(d);
	return 0;
}

static void begin(struct drawing *d, enum chart_kind kind, bool share)
{
	d->chart = chart_new(kind, share, "in <mx>", "sessions");
	chart_series(d->chart, "clear text", PAINT_NONE);
	chart_series(d->chart, "TLS 1.2", PAINT_TLS_1_2);
	chart_series(d->chart, "TLS 1.3", PAINT_TLS_1_3);
}

static void point(
    struct drawing *d, const char *label, int64_t time, int64_t a, int64_t b, int64_t c)
{
	struct chart_point *p = chart_point(d->chart, label, time);

	p->parts[0] = a;
	p->parts[1] = b;
	p->parts[2] = c;
	p->whole = a + b + c;
}

static const char *draw(struct drawing *d)
{
	buffer_clear(&d->text);
	svg_chart(&d->text, d->chart, d->zone, 7);
	return buffer_text(&d->text);
}

/* The lengths, across (h) or down (v), of the rectangles of one paint. */
static int64_t lengths(const struct drawing *d, const char *class, char direction)
{
	_cleanup_buffer_ struct buffer start = {0};
	const char *p, *end;
	int64_t sum = 0;

	buffer_printf(&start, "<path class=\"c-%s\" d=\"", class);
	p = strstr(buffer_text(&d->text), buffer_text(&start));
	if (!p)
		return 0;
	p += start.n;
	end = strchr(p, '"');
	for (; p < end; p++)
		if (*p == direction && p[1] != '-')
			sum += strtol(p + 1, NULL, 10);
	return sum;
}

static void bars(void **state)
{
	struct drawing *d = *state;
	const char *text;

	begin(d, CHART_BARS, true);
	point(d, "a & b", 0, 1, 1, 2);
	text = draw(d);
	assert_int_equal(lengths(d, "none", 'h'), WIDTH / 4);
	assert_int_equal(lengths(d, "tls12", 'h'), WIDTH / 4);
	assert_int_equal(lengths(d, "tls13", 'h'), WIDTH / 2);
	assert_non_null(strstr(text, "<title id=\"t7\">in &lt;mx&gt;</title>"));
	assert_non_null(strstr(text, "<desc id=\"d7\">a &amp; b: clear text 25.0%, TLS 1.2 25.0%, "
				     "TLS 1.3 50.0%. </desc>"));
}

/* One in a million is not none, nor is all but one all. */
static void small_parts(void **state)
{
	struct drawing *d = *state;

	begin(d, CHART_BARS, true);
	point(d, "mx", 0, 1, 0, INT64_C(999999));
	draw(d);
	assert_true(lengths(d, "none", 'h') > 0);
	assert_int_equal(lengths(d, "none", 'h') + lengths(d, "tls13", 'h'), WIDTH);
	assert_int_equal(lengths(d, "tls12", 'h'), 0);
	assert_non_null(strstr(buffer_text(&d->text), "clear text &lt;0.1%, TLS 1.3 &gt;99.9%"));
}

/* Each column of shares is as high as any other; an empty bucket has none. */
static void columns(void **state)
{
	struct drawing *d = *state;
	int64_t one, all;

	begin(d, CHART_COLUMNS, true);
	point(d, NULL, NOON - 12 * 3600, 3, 0, 1);
	point(d, NULL, NOON + 12 * 3600, 0, 0, 0);
	draw(d);
	one = lengths(d, "none", 'v') + lengths(d, "tls13", 'v');
	assert_int_equal(lengths(d, "none", 'v'), 3 * lengths(d, "tls13", 'v') + one % 4);
	point(d, NULL, NOON + 36 * 3600, 0, 1000, 0);
	draw(d);
	all = lengths(d, "none", 'v') + lengths(d, "tls12", 'v') + lengths(d, "tls13", 'v');
	assert_int_equal(all, 2 * one);
	assert_non_null(strstr(buffer_text(&d->text),
	    "<title>2026-11-24: clear text 75.0%, TLS 1.3 25.0% of 4</title>"));
	assert_null(strstr(buffer_text(&d->text), "<title>2026-11-25"));
	assert_non_null(strstr(buffer_text(&d->text), "2026-11-24 to 2026-11-26, in all: "));
}

/* Counts are drawn against a scale of whole numbers. */
static void counts(void **state)
{
	struct drawing *d = *state;

	begin(d, CHART_COLUMNS, false);
	point(d, NULL, NOON, 0, 5, 12);
	point(d, NULL, NOON + 3600, 0, 0, 0);
	draw(d);
	assert_non_null(strstr(buffer_text(&d->text), ">20</text>"));
	assert_non_null(strstr(buffer_text(&d->text), ">5</text>"));
	assert_null(strstr(buffer_text(&d->text), "%</text>"));
	assert_non_null(strstr(buffer_text(&d->text), "2026-11-24 12:00: TLS 1.2 5, TLS 1.3 12<"));
	assert_non_null(strstr(buffer_text(&d->text), ", at most 17.</desc>"));
}

/* The greatest first; the rest is one, and nothing is lost. */
static void sorted(void **state)
{
	struct drawing *d = *state;

	begin(d, CHART_BARS, false);
	point(d, "b", 0, 1, 0, 0);
	point(d, "a", 0, 1, 0, 0);
	point(d, "c", 0, 7, 0, 0);
	point(d, "d", 0, 2, 0, 0);
	chart_sort(d->chart, 3); /* one more is no less than "others" */
	assert_int_equal(d->chart->point_count, 4);
	assert_string_equal(d->chart->points[0].label, "c");
	assert_string_equal(d->chart->points[2].label, "a");
	chart_sort(d->chart, 2);
	assert_int_equal(d->chart->point_count, 3);
	assert_string_equal(d->chart->points[2].label, "others");
	assert_int_equal(d->chart->points[2].parts[0], 2);
	assert_int_equal(chart_total(d->chart, 0), 11);
}

/* A series is known by its marks where its colour cannot be told. */
static void marks(void **state _unused_)
{
	_cleanup_buffer_ struct buffer before = {0};

	for (int paint = PAINT_NONE; paint < PAINT_TLS_1_3; paint++) {
		_cleanup_buffer_ struct buffer text = {0};
		const char *lines;

		svg_swatch(&text, paint, 1);
		lines = strstr(buffer_text(&text), " clip-path=");
		assert_non_null(lines);
		assert_string_not_equal(lines, buffer_text(&before));
		buffer_clear(&before);
		buffer_text_add(&before, lines);
	}
}

#define with_chart(name) cmocka_unit_test_setup_teardown(name, set_up_chart, tear_down_chart)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_chart(bars),
	    with_chart(small_parts),
	    with_chart(columns),
	    with_chart(counts),
	    with_chart(sorted),
	    cmocka_unit_test(marks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
