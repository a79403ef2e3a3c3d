/* SPDX-License-Identifier: ISC */
#include "parse/header_kind.h"

/* Cisco ESA (AsyncOS): `Mon Nov 23 10:01:51 2026 Info: text` in its own files; pushed to syslog the
 * ident is a name that the admin gave the log subscription, and the stamp may stand there again. */

static const struct slice levels[] = {
    SLICE("Info: "),
    SLICE("Warning: "),
    SLICE("Critical: "),
    SLICE("Debug: "),
    SLICE("Trace: "),
};

/* A line of the consolidated event log has no level. */
static bool take_level(struct slice *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (slice_starts(*text, levels[i])) {
			*text = slice_skip(*text, levels[i].n);
			return true;
		}
	}
	return slice_starts(*text, SLICE("CEF:"));
}

static bool take_own_stamp(struct clock *clock, struct slice *text, struct stamp *ret)
{
	size_t n = clock_asctime(clock, *text, ret);

	if (n == 0 || n == text->n || text->p[n] != ' ')
		return false;
	*text = slice_skip(*text, n + 1);
	return true;
}

bool header_esa(struct header_front *f, struct header *ret)
{
	struct header h = {.ident = SLICE("esa")};
	struct slice line = f->line;
	struct stamp stamp;

	if (take_own_stamp(f->clock, &line, &stamp)) {
		header_time(&h, &stamp);
		if (take_level(&line)) {
			h.message = line;
			*ret = h;
			return true;
		}
		return false;
	}
	if (!header_tagged(f))
		return false;
	h = f->syslog;
	if (take_own_stamp(f->clock, &h.message, &stamp) && !f->stamp.has_year)
		header_time(&h, &stamp);
	if (!take_level(&h.message))
		return false;
	*ret = h;
	return true;
}
