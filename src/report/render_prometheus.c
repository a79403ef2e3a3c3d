/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "base/memory.h"
#include "report/figure.h"
#include "report/renderer.h"
#include <inttypes.h>
#include <string.h>

/* Metrics for a node exporter's textfile collector: the summary's figures of its period.
 *
 * They are gauges: a period moves on, and what it leaves goes down.  Labels are the columns that
 * tell rows apart, and their values come from fixed sets (services, protocols, classes of reasons)
 * or from files of the administrator (mta, verdict): no peer, no user, no text that a log chose.
 * With --by=host the hosts are a label too.  What is not known has no sample, which is not 0. */

#define LABELS 9

struct metric {
	const char *result, *column; /* where it is found */
	const char *name, *help;
	const char *labels[LABELS]; /* columns */
};

static const struct metric metrics[] = {
    {"protocols", "sessions", "mailtls_sessions",
	"Sessions of the period by protocol; none is clear text.",
	{"host", "mta", "direction", "service", "apart", "unit", "protocol"}},
    {"protocols", "share", "mailtls_sessions_ratio",
	"Share of all sessions of the same direction, service and unit.",
	{"host", "mta", "direction", "service", "apart", "unit", "protocol"}},
    {"protocols", "sessions_mail", "mailtls_mail_sessions",
	"Sessions that carried mail, or logins that succeeded, by protocol.",
	{"host", "mta", "direction", "service", "apart", "unit", "protocol"}},
    {"protocols", "share_mail", "mailtls_mail_sessions_ratio",
	"Share of all sessions that carried mail, of the same direction, service and unit.",
	{"host", "mta", "direction", "service", "apart", "unit", "protocol"}},
    {"protocols", "handshakes", "mailtls_handshakes", "TLS handshakes of the period by protocol.",
	{"host", "mta", "direction", "service", "apart", "handshake_unit", "protocol"}},
    {"protocols", "share_handshakes", "mailtls_handshakes_ratio",
	"Share of all TLS handshakes of the same direction and service.",
	{"host", "mta", "direction", "service", "apart", "handshake_unit", "protocol"}},
    {"groups", "handshakes", "mailtls_key_exchange_handshakes",
	"TLS handshakes by whether their key exchange is post-quantum.",
	{"host", "mta", "direction", "service", "apart", "handshake_unit", "pq"}},
    {"ciphers", "handshakes", "mailtls_cipher_handshakes",
	"TLS handshakes by whether their suite is forward secret and authenticates what it "
	"encrypts, and by what the policy says of it.",
	{"host", "mta", "direction", "service", "apart", "handshake_unit", "pfs", "aead",
	    "verdict"}},
    {"failures", "count", "mailtls_failed_handshakes", "Failed TLS handshakes by class of reason.",
	{"host", "mta", "direction", "service", "apart", "unit", "reason"}},
};

/* What a column is called as a label. */
static const char *label_of(const char *column)
{
	static const struct {
		const char *column, *label;
	} names[] = {{"apart", "internal"}, {"handshake_unit", "unit"}, {"pq", "post_quantum"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i].column, column) == 0)
			return names[i].label;
	return column;
}

static const struct result *result_named(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->result_count; i++)
		if (strcmp(report->results[i]->name, name) == 0)
			return report->results[i];
	return NULL;
}

static size_t column_named(const struct result *r, const char *name)
{
	size_t column = 0;

	while (column < r->column_count && strcmp(r->columns[column].name, name) != 0)
		column++;
	return column;
}

/* A label's value is any UTF-8 with \ " and line ends escaped. */
static void add_value(struct buffer *to, const char *text)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(text));
	for (size_t i = 0; i < safe.n; i++) {
		if (safe.p[i] == '\\' || safe.p[i] == '"')
			buffer_char(to, '\\');
		buffer_char(to, safe.p[i]);
	}
}

/* A label must always be there: what is not known is a value. */
static void add_label(struct buffer *to, const struct result *r, const char *name, size_t row)
{
	size_t column = column_named(r, name);
	const struct cell *cell = column < r->column_count ? result_cell(r, row, column) : NULL;
	bool apart = strcmp(name, "apart") == 0;

	buffer_printf(to, "%s%s=\"", to->n ? "," : "", label_of(name));
	if (apart)
		buffer_text_add(to, cell && cell->known ? "yes" : "no");
	else if (!cell || !cell->known)
		buffer_text_add(to, "unknown");
	else if (r->columns[column].type == COLUMN_FLAG)
		buffer_text_add(to, cell->flag ? "yes" : "no");
	else
		add_value(to, cell->text);
	buffer_char(to, '"');
}

/* Counts of rows that the labels do not tell apart are one sample. */
struct sample {
	char *labels;
	struct cell value;
};

struct samples {
	struct sample *p;
	size_t n;
};

static void add_sample(struct samples *s, struct buffer *labels, const struct cell *value)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->p[i].labels, buffer_text(labels)) == 0) {
			s->p[i].value.count += value->count;
			return;
		}
	s->p = memory_grow(s->p, s->n + 1, sizeof(*s->p));
	s->p[s->n++] = (struct sample){buffer_take(labels), *value};
}

static void collect(const struct report *report, const struct metric *m, const struct result *r,
    size_t column, struct samples *ret)
{
	for (size_t row = 0; row < r->row_count; row++) {
		_cleanup_buffer_ struct buffer labels = {0};

		if (!result_cell(r, row, column)->known)
			continue;
		for (size_t i = 0; i < LABELS && m->labels[i]; i++)
			if (report->by_host || strcmp(m->labels[i], "host") != 0)
				add_label(&labels, r, m->labels[i], row);
		add_sample(ret, &labels, result_cell(r, row, column));
	}
}

static void write_head(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void write_metric(const struct report *report, const struct metric *m, FILE *out)
{
	const struct result *r = result_named(report, m->result);
	size_t column = r ? column_named(r, m->column) : 0;
	struct samples samples = {0};

	if (r && column < r->column_count)
		collect(report, m, r, column, &samples);
	if (samples.n)
		write_head(out, m->name, m->help);
	for (size_t i = 0; i < samples.n; i++) {
		_cleanup_buffer_ struct buffer value = {0};

		if (r->columns[column].type == COLUMN_FRACTION)
			figure_six(&value, samples.p[i].value.fraction);
		else
			buffer_printf(&value, "%" PRId64, samples.p[i].value.count);
		fprintf(out, "%s{%s} %s\n", m->name, samples.p[i].labels, buffer_text(&value));
		free(samples.p[i].labels);
	}
	free(samples.p);
}

static void write_number(FILE *out, const char *name, const char *help, int64_t number)
{
	write_head(out, name, help);
	fprintf(out, "%s %" PRId64 "\n", name, number);
}

static void write_lost(FILE *out, const struct coverage *t)
{
	const struct {
		const char *cause;
		int64_t n;
	} lost[] = {{"match_limit", t->limit_hit}, {"header", t->unparsed}, {"time", t->bad_time},
	    {"length", t->overlong}};

	write_head(out, "mailtls_lost_lines", "Lines that could not be counted, or not whole.");
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		fprintf(out, "mailtls_lost_lines{cause=\"%s\"} %" PRId64 "\n", lost[i].cause,
		    lost[i].n);
}

static void write_coverage(
    const struct evidence *e, const struct report_request *request, FILE *out)
{
	const struct coverage *t = &e->total;

	write_number(out, "mailtls_period_start_timestamp_seconds",
	    "When the period that is reported begins.", e->since);
	write_number(out, "mailtls_period_end_timestamp_seconds", "When it ends.", e->until);
	if (request->now)
		write_number(
		    out, "mailtls_report_timestamp_seconds", "When it was reported.", request->now);
	if (t->first_event > 0)
		write_number(out, "mailtls_first_event_timestamp_seconds",
		    "The first hour of the period with a line that was counted.", t->first_event);
	if (t->last_event > 0)
		write_number(out, "mailtls_last_event_timestamp_seconds",
		    "The last hour of the period with a line that was counted.", t->last_event);
	write_number(out, "mailtls_lines", "Lines read from the logs of the period, of all kinds.",
	    t->lines);
	write_number(
	    out, "mailtls_matched_lines", "Lines of the period that a pattern took.", t->matched);
	write_number(out, "mailtls_near_miss_lines",
	    "Lines that speak of TLS and matched no pattern.", t->near_miss);
	write_lost(out, t);
	write_number(out, "mailtls_gaps",
	    "Gaps in what was read, also those of which nobody knows how long they are.", t->gaps);
	write_number(
	    out, "mailtls_gap_seconds", "Time of which nothing could be read.", t->gap_seconds);
	write_number(out, "mailtls_folded_facts", "Facts with a text that had no room of its own.",
	    e->folded);
	write_number(
	    out, "mailtls_counted_sessions", "Sessions of the period, of all kinds.", e->sessions);
	write_number(out, "mailtls_known_protocol_sessions",
	    "Those of which the log tells whether and how they were encrypted.", e->sessions_known);
	write_number(out, "mailtls_hints", "Settings that would make the logs tell more.",
	    (int64_t)e->hint_count);
}

void render_prometheus(const struct report *report, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		write_metric(report, &metrics[i], out);
	write_coverage(&report->evidence, report->request, out);
}
