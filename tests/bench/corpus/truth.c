/* SPDX-License-Identifier: ISC */
#include "truth.h"
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *mta, *direction, *service;
} places[PLACE_MAX] = {
    [PLACE_MX] = {"postfix", "in", "mx"},
    [PLACE_SUBMISSION] = {"postfix", "in", "submission"},
    [PLACE_SUBMISSIONS] = {"postfix", "in", "submissions"},
    [PLACE_POSTSCREEN] = {"postfix", "in", "postscreen"},
    [PLACE_RELAY] = {"postfix", "out", "relay"},
    [PLACE_EXIM_IN] = {"exim", "in", "mx"},
    [PLACE_EXIM_SUBMISSION] = {"exim", "in", "submission"},
    [PLACE_EXIM_OUT] = {"exim", "out", "relay"},
    [PLACE_IMAP] = {"dovecot", "in", "imap"},
    [PLACE_POP3] = {"dovecot", "in", "pop3"},
    [PLACE_DOVECOT_SUBMISSION] = {"dovecot", "in", "submission"},
};

static const char *const facts[] = {
    [TRUTH_HANDSHAKE] = "handshake", [TRUTH_SESSION] = "session", [TRUTH_FAILURE] = "failure"};

static int compare(const void *left, const void *right)
{
	const struct truth_row *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (a->fact != b->fact)
		return a->fact < b->fact ? -1 : 1;
	if (strcmp(a->protocol, b->protocol) != 0)
		return strcmp(a->protocol, b->protocol);
	return strcmp(a->cipher, b->cipher);
}

static void add(struct truth *t, const struct truth_row *key)
{
	uint32_t i = 0;

	while (i < t->count && compare(&t->row[i], key) != 0)
		i++;
	if (i == TRUTH_ROWS)
		errx(1, "more than %d true counts", TRUTH_ROWS);
	if (i == t->count)
		t->row[t->count++] = *key;
	t->row[i].n++;
}

void truth_handshake(struct truth *t, enum place place, const struct suite *suite)
{
	add(t, &(struct truth_row){place, TRUTH_HANDSHAKE, suite->canonical, suite->cipher, 0});
}

void truth_session(struct truth *t, enum place place, const char *protocol)
{
	add(t, &(struct truth_row){place, TRUTH_SESSION, protocol, "", 0});
}

void truth_failure(struct truth *t, enum place place)
{
	add(t, &(struct truth_row){place, TRUTH_FAILURE, "", "", 0});
}

void truth_print(struct truth *t, FILE *to)
{
	qsort(t->row, t->count, sizeof(t->row[0]), compare);
	fprintf(to, "mta\tfact\tdirection\tservice\tprotocol\tcipher\tn\n");
	for (uint32_t i = 0; i < t->count; i++) {
		const struct truth_row *row = &t->row[i];

		fprintf(to, "%s\t%s\t%s\t%s\t%s\t%s\t%" PRIu64 "\n", places[row->place].mta,
		    facts[row->fact], places[row->place].direction, places[row->place].service,
		    row->protocol, row->cipher, row->n);
	}
}
