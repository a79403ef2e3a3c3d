/* SPDX-License-Identifier: ISC */
#include "parse/header_kind.h"

/* Dovecot 2.0 to 2.4, src/lib/failures.c: `PROCESS: LEVEL: text` in its own file and without the
 * level in syslog, where the ident is the log process's.  PROCESS is a name and, where somebody is
 * logged in, `(user)<pid><session>`. */

static const struct slice levels[] = {
    SLICE("Info: "),
    SLICE("Warning: "),
    SLICE("Error: "),
    SLICE("Fatal: "),
    SLICE("Panic: "),
    SLICE("Debug: "),
};

static size_t process_length(struct slice text)
{
	size_t n = 0;

	while (n < text.n &&
	       ((text.p[n] >= 'a' && text.p[n] <= 'z') || (text.p[n] >= 'A' && text.p[n] <= 'Z') ||
		   (text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '-' || text.p[n] == '_'))
		n++;
	return n;
}

/* (user)<pid><session>: a user's name may hold anything, so its end is the first parenthesis that
 * something right follows. */
static size_t user_length(struct slice text)
{
	size_t n = 0;

	if (text.n == 0 || *text.p != '(')
		return 0;
	do {
		n += 1 + slice_find(slice_skip(text, n + 1), ')');
	} while (n + 1 < text.n && text.p[n + 1] != ':' && text.p[n + 1] != '<');
	if (n + 1 >= text.n)
		return 0;
	n++;
	while (n < text.n && text.p[n] == '<') {
		size_t end = slice_find(slice_skip(text, n), '>');

		if (n + end == text.n)
			return 0;
		n += end + 1;
	}
	return n;
}

static bool process_split(struct slice text, struct header *h)
{
	size_t name = process_length(text), n = name;

	if (name == 0)
		return false;
	n += user_length(slice_skip(text, n));
	if (n + 1 > text.n || text.p[n] != ':' || (n + 1 < text.n && text.p[n + 1] != ' '))
		return false;
	h->ident = slice_first(text, name);
	h->pid = SLICE_NONE;
	text = slice_skip(text, n + 1 == text.n ? n + 1 : n + 2);
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (slice_starts(text, levels[i])) {
			text = slice_skip(text, levels[i].n);
			break;
		}
	}
	h->message = text;
	return true;
}

/* The ident as built in, as syslog_facility's users set it, or the path it was started by. */
static bool is_dovecot(struct slice ident)
{
	const char *slash = ident.n ? memrchr(ident.p, '/', ident.n) : NULL;

	if (slash)
		ident = slice_skip(ident, (size_t)(slash - ident.p) + 1);
	return slice_is(ident, "dovecot");
}

bool header_dovecot(struct header_front *f, struct header *ret)
{
	struct header h;

	if (!header_envelope(f))
		return false;
	h = f->header;
	if (f->whole || !process_split(f->rest, &h) || is_dovecot(h.ident)) {
		if (!f->tagged || !is_dovecot(f->syslog.ident))
			return false;
		h = f->syslog;
		if (!process_split(h.message, &h))
			return false;
	}
	*ret = h;
	return true;
}
