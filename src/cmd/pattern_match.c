/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/log.h"
#include "base/memory.h"
#include "cmd/fact_json.h"
#include "cmd/options.h"
#include "cmd/pattern_tool.h"
#include "cmd/pipeline.h"
#include <stdio.h>
#include <stdlib.h>

#define EXAMPLES 3 /* near misses that are shown of each mta */

/* What the lines of one mta came to. */
struct tally {
	int64_t *hits; /* of each pattern */
	int64_t facts[FACT_KIND_MAX];
	int64_t outcomes[OUTCOME_MAX];
	char *examples[EXAMPLES];
	size_t example_count;
};

struct matching {
	const struct pattern_set *set;
	const struct pattern_match_request *request;
	struct parser *parser;
	struct tally *tallies; /* of each mta of the set */
	struct slice file;
	struct buffer line;
};

static struct tally *tally_of(struct matching *m, struct slice mta, const struct mta **ret)
{
	for (size_t i = 0; i < m->set->count; i++)
		if (slice_is(mta, m->set->mtas[i]->name)) {
			*ret = m->set->mtas[i];
			return &m->tallies[i];
		}
	return NULL;
}

static bool wanted(const struct matching *m, struct slice mta)
{
	return !m->request->mta || slice_is(mta, m->request->mta);
}

static void print_row(const struct fact *fact, int64_t line)
{
	_cleanup_buffer_ struct buffer cipher = {0}, peer = {0};

	escape_terminal(&cipher, fact->cipher);
	escape_terminal(&peer, fact->peer.n ? fact->peer : fact->peer_name);
	printf("%8lld %-9s %-8s %-3s %-11s %-11s %-32s %s\n", (long long)line,
	    fact_kind_name(fact->kind), fact->mta.p,
	    fact->direction ? direction_name(fact->direction) : "", service_name(fact->service),
	    fact->kind == FACT_FAILURE ? "" : protocol_name(fact->protocol), buffer_text(&cipher),
	    buffer_text(&peer));
}

static void take_fact(void *context, const struct fact *fact)
{
	struct matching *m = context;
	const struct mta *mta;
	struct tally *tally = tally_of(m, fact->mta, &mta);

	if (!wanted(m, fact->mta) || !tally)
		return;
	tally->facts[fact->kind]++;
	if (m->request->summary)
		return;
	if (m->request->table) {
		print_row(fact, parser_line_number(m->parser));
		return;
	}
	buffer_clear(&m->line);
	fact_json(fact, parser_line_number(m->parser), m->file, &m->line);
	fwrite(m->line.p, 1, m->line.n, stdout);
}

static void take_line(void *context, const struct line_report *report)
{
	struct matching *m = context;
	const struct mta *mta;
	struct tally *tally = tally_of(m, report->mta, &mta);

	if (!tally)
		return;
	tally->outcomes[report->outcome]++;
	if (report->pattern)
		tally->hits[report->pattern - mta->patterns]++;
	else if (tally->example_count < EXAMPLES)
		tally->examples[tally->example_count++] =
		    memory_copy(report->line.p, report->line.n);
}

static void print_tally(const struct mta *mta, const struct tally *t)
{
	printf(
	    "%s: %lld handshakes, %lld sessions, %lld failures; %lld lines matched, %lld ignored, "
	    "%lld near misses, %lld gave up\n",
	    mta->name, (long long)t->facts[FACT_HANDSHAKE], (long long)t->facts[FACT_SESSION],
	    (long long)t->facts[FACT_FAILURE], (long long)t->outcomes[OUTCOME_MATCHED],
	    (long long)t->outcomes[OUTCOME_IGNORED], (long long)t->outcomes[OUTCOME_NEAR_MISS],
	    (long long)t->outcomes[OUTCOME_LIMIT_HIT]);
	for (size_t i = 0; i < mta->pattern_count; i++)
		if (t->hits[i])
			printf("  %10lld  %s\n", (long long)t->hits[i], mta->patterns[i].name);
	for (size_t i = 0; i < t->example_count; i++) {
		_cleanup_buffer_ struct buffer safe = {0};

		escape_terminal(&safe, slice_of(t->examples[i]));
		printf("  near miss:  %s\n", buffer_text(&safe));
	}
}

static void print_summary(const struct matching *m)
{
	for (size_t i = 0; i < m->set->count; i++) {
		const struct tally *t = &m->tallies[i];
		int64_t lines = 0;

		for (size_t k = 0; k < OUTCOME_MAX; k++)
			lines += t->outcomes[k];
		if (lines && wanted(m, slice_of(m->set->mtas[i]->name)))
			print_tally(m->set->mtas[i], t);
	}
}

static void print_log(const char *path, const struct pipeline_counts *counts)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(path));
	printf("%s: %lld lines, %lld without a known header, %lld cut, %lld with a time that "
	       "cannot be true\n",
	    buffer_text(&safe), (long long)counts->parser.lines, (long long)counts->parser.unparsed,
	    (long long)counts->framing.overlong, (long long)counts->parser.bad_time);
}

static int match_log(struct matching *m, const char *path)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_reader_ struct reader *reader = NULL;
	struct pipeline pipeline = {
	    .parser = m->parser,
	    .zone = m->request->zone,
	    .year = m->request->year,
	    .host = m->request->host,
	    .unfinished = true,
	};
	struct pipeline_counts counts = {0};
	int r = reader_open(path, &reader, &d);

	m->file = slice_of(path);
	config_apply(
	    m->request->config, path, m->request->zone_given, &pipeline.zone, &pipeline.host);
	if (r == 0) {
		r = pipeline_read(&pipeline, reader, 0, &counts, &d);
		if (m->request->summary)
			print_log(path, &counts);
	}
	if (r < 0)
		log_diag(&d);
	return r;
}

int pattern_match_logs(const struct pattern_set *set, const struct pattern_match_request *request,
    char *const *paths, size_t count)
{
	struct matching m = {.set = set, .request = request};
	struct parser_consumer consumer = {.fact = take_fact, .line = take_line, .context = &m};
	int result = EXIT_DONE;

	m.parser = parser_new(set, &consumer);
	parser_internal(m.parser, &request->config->internal);
	m.tallies = memory_array(set->count, sizeof(*m.tallies));
	for (size_t i = 0; i < set->count; i++)
		m.tallies[i].hits = memory_array(set->mtas[i]->pattern_count, sizeof(int64_t));
	for (size_t i = 0; i < count; i++)
		if (match_log(&m, paths[i]) < 0)
			result = EXIT_FAILED;
	parser_end(m.parser);
	if (request->summary)
		print_summary(&m);
	for (size_t i = 0; i < set->count; i++) {
		free(m.tallies[i].hits);
		for (size_t k = 0; k < m.tallies[i].example_count; k++)
			free(m.tallies[i].examples[k]);
	}
	free(m.tallies);
	buffer_free(&m.line);
	parser_free(m.parser);
	return result;
}
