/* SPDX-License-Identifier: ISC */
#include "parse/header_kind.h"

#include "base/word.h"

#define HOST_MAX 255	  /* RFC 5424 */
#define CONTAINER_MAX 128 /* docker's own limit is 63, compose adds a number and pads */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* By the bytes, as every line is asked. */
static bool is_name(char c)
{
	static const bool is[256] = {
	    ['0' ... '9'] = true,
	    ['A' ... 'Z'] = true,
	    ['a' ... 'z'] = true,
	    ['_'] = true,
	    ['-'] = true,
	    ['.'] = true,
	};

	return is[(unsigned char)c];
}

static bool take(struct slice *text, char c)
{
	if (text->n == 0 || *text->p != c)
		return false;
	*text = slice_skip(*text, 1);
	return true;
}

void header_container_skip(struct slice *text)
{
	size_t name = 0, at;

	while (name < text->n && name < CONTAINER_MAX && is_name(text->p[name]))
		name++;
	at = name;
	while (at < text->n && at < CONTAINER_MAX && text->p[at] == ' ')
		at++;
	if (name == 0 || at == name || at + 2 > text->n || text->p[at] != '|' ||
	    text->p[at + 1] != ' ')
		return;
	*text = slice_skip(*text, at + 2);
}

void header_time(struct header *h, const struct stamp *stamp)
{
	h->time = stamp->time;
	h->bad_time = stamp->time == TIME_UNKNOWN;
}

bool header_stamp(struct clock *clock, struct slice *text, struct stamp *ret)
{
	size_t n = clock_any(clock, *text, ret);

	if (n == 0 || n == text->n || text->p[n] != ' ')
		return false;
	*text = slice_skip(*text, n + 1);
	return true;
}

/* <22> */
static bool take_priority(struct slice *text)
{
	size_t n = 1;

	if (text->n < 3 || *text->p != '<')
		return false;
	while (n < text->n && n < 4 && is_digit(text->p[n]))
		n++;
	if (n == 1 || n == text->n || text->p[n] != '>')
		return false;
	*text = slice_skip(*text, n + 1);
	return true;
}

/* [   12.345678]: seconds since the machine's start, which tell no time. */
static bool take_monotonic(struct slice *text)
{
	size_t n = 1, dot;

	if (text->n == 0 || *text->p != '[')
		return false;
	while (n < text->n && text->p[n] == ' ')
		n++;
	dot = n;
	while (dot < text->n && is_digit(text->p[dot]))
		dot++;
	if (dot == n || dot == text->n || text->p[dot] != '.')
		return false;
	for (n = dot + 1; n < text->n && is_digit(text->p[n]);)
		n++;
	if (n == dot + 1 || n + 1 >= text->n || text->p[n] != ']' || text->p[n + 1] != ' ')
		return false;
	*text = slice_skip(*text, n + 2);
	return true;
}

/* A field of RFC 5424 and the space after it; "-" is none. */
static bool take_field(struct slice *text, struct slice *ret)
{
	size_t n = slice_find(*text, ' ');

	if (n == 0 || n == text->n)
		return false;
	*ret = n == 1 && *text->p == '-' ? SLICE_NONE : slice_first(*text, n);
	*text = slice_skip(*text, n + 1);
	return true;
}

/* "-" or [id name="value" ...][...], where a value may hold \" \\ \]. */
static bool take_structured_data(struct slice *text)
{
	struct slice s = *text;
	bool quoted = false;

	if (take(&s, '-')) {
		*text = s;
		return true;
	}
	if (s.n == 0 || *s.p != '[')
		return false;
	while (take(&s, '[')) {
		while (s.n && (quoted || *s.p != ']')) {
			if (*s.p == '"')
				quoted = !quoted;
			else if (*s.p == '\\' && quoted && s.n > 1)
				s = slice_skip(s, 1);
			s = slice_skip(s, 1);
		}
		if (!take(&s, ']'))
			return false;
	}
	*text = s;
	return true;
}

/* What follows `<PRI>`: `1 STAMP HOST APP PROCID MSGID SD[ MSG]`. */
static bool rfc5424(struct header_front *f, struct slice text)
{
	struct header h = {.time = TIME_UNKNOWN};
	struct slice message_id;

	f->stamp = (struct stamp){.time = TIME_UNKNOWN, .has_year = true};
	if (!take(&text, '1') || !take(&text, ' '))
		return false;
	if (text.n > 1 && text.p[0] == '-' && text.p[1] == ' ')
		text = slice_skip(text, 2);
	else if (header_stamp(f->clock, &text, &f->stamp))
		header_time(&h, &f->stamp);
	else
		return false;
	if (!take_field(&text, &h.host) || !take_field(&text, &h.ident) ||
	    !take_field(&text, &h.pid) || !take_field(&text, &message_id) ||
	    !take_structured_data(&text) || !h.ident.p)
		return false;
	if (text.n && !take(&text, ' '))
		return false;
	if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
		text = slice_skip(text, 3);
	while (take(&text, ' '))
		; /* rsyslog's %msg% keeps the space after the tag */
	h.message = text;
	f->header = f->syslog = h;
	return true;
}

/* The word that ends in a colon, taken apart. */
static bool ident_split(struct slice word, struct header *h)
{
	struct slice ident = slice_first(word, word.n - 1), pid = SLICE_NONE;
	const char *open;

	if (ident.n && ident.p[ident.n - 1] == ']') {
		open = memrchr(ident.p, '[', ident.n);
		if (!open)
			return false;
		pid = slice_skip(ident, (size_t)(open - ident.p) + 1);
		pid.n--;
		ident.n = (size_t)(open - ident.p);
	}
	if (ident.n == 0)
		return false;
	h->ident = ident;
	h->pid = pid.n ? pid : SLICE_NONE;
	return true;
}

/* Solaris writes `[ID 197553 mail.info] ` in front of the message. */
static struct slice without_message_id(struct slice text)
{
	struct slice s = text;

	if (!slice_starts(s, SLICE("[ID ")))
		return text;
	s = slice_skip(s, 4);
	while (s.n && is_digit(*s.p))
		s = slice_skip(s, 1);
	if (!take(&s, ' '))
		return text;
	while (s.n && is_name(*s.p))
		s = slice_skip(s, 1);
	return take(&s, ']') && take(&s, ' ') ? s : text;
}

static bool is_level(struct slice word)
{
	static const char *const levels[] = {
	    "info", "notice", "warning", "warn", "err", "error", "debug", "crit", "alert", "emerg"};

	return word_find(levels, ARRAY_SIZE(levels), word) >= 0;
}

/* mail.info, as BusyBox and s6 write it, or <mail.info>, as FreeBSD does (syslogd -vv). */
static bool is_priority(struct slice word)
{
	size_t dot;

	if (word.n > 2 && word.p[0] == '<' && word.p[word.n - 1] == '>')
		word = (struct slice){word.p + 1, word.n - 2};
	dot = slice_find(word, '.');
	return dot > 0 && dot < word.n && is_level(slice_skip(word, dot + 1));
}

static struct slice first_word(struct slice text)
{
	return slice_first(text, slice_find(text, ' '));
}

static bool ends_in_colon(struct slice word)
{
	return word.n && word.p[word.n - 1] == ':';
}

/* `mail.info: ` */
static bool take_priority_word(struct slice *text)
{
	struct slice word;

	if (!slice_starts(*text, SLICE("mail."))) /* every line is asked */
		return false;
	word = first_word(*text);
	if (word.n == text->n || !ends_in_colon(word) ||
	    !is_priority(slice_first(word, word.n - 1)))
		return false;
	*text = slice_skip(*text, word.n + 1);
	return true;
}

/* INFO and spaces, where others have the host: how containers' rsyslog is set to print. */
static bool take_loud_level(struct slice *text)
{
	static const char *const levels[] = {
	    "INFO", "NOTICE", "WARNING", "WARN", "ERR", "ERROR", "DEBUG", "CRIT", "ALERT", "EMERG"};
	struct slice word;

	if (*text->p < 'A' || *text->p > 'Z') /* every line is asked */
		return false;
	word = first_word(*text);
	if (word.n == text->n || word_find(levels, ARRAY_SIZE(levels), word) < 0)
		return false;
	*text = slice_skip(*text, word.n);
	while (take(text, ' '))
		;
	return true;
}

/* [HOST ][PRIORITY ]IDENT[pid]: and the message, or the priority first.  The first word is the
 * ident if it ends in a colon and has no other one (an IPv6 host name may end in two); else it is
 * the host, and the second word must be the ident. */
static bool read_tag(struct slice text, struct header *h)
{
	struct slice word = first_word(text);

	if (word.n < text.n && word.n && *word.p == '<' && is_priority(word)) {
		text = slice_skip(text, word.n + 1);
		word = first_word(text);
	}
	if (word.n == 0)
		return false;
	if (!ends_in_colon(word) || slice_find(word, ':') != word.n - 1) {
		if (word.n > HOST_MAX || word.n == text.n)
			return false;
		if (!take_loud_level(&text)) {
			h->host = word;
			text = slice_skip(text, word.n + 1);
		}
		word = first_word(text);
		if (word.n < text.n && !ends_in_colon(word) && is_priority(word)) {
			text = slice_skip(text, word.n + 1);
			word = first_word(text);
		}
		if (!ends_in_colon(word))
			return false;
	}
	if (!ident_split(word, h))
		return false;
	text = slice_skip(text, word.n);
	take(&text, ' ');
	h->message = without_message_id(text);
	return true;
}

void header_front_read(struct header_front *f)
{
	struct slice s = f->line;

	f->read = f->enveloped = true;
	header_container_skip(&s);
	f->whole = f->tagged = take_priority(&s) && rfc5424(f, s);
	if (f->whole)
		return;
	f->stamp = (struct stamp){.time = TIME_UNKNOWN};
	f->header = (struct header){.time = TIME_UNKNOWN};
	take_priority_word(&s);
	if (!take_monotonic(&s)) {
		f->enveloped = header_stamp(f->clock, &s, &f->stamp);
		if (!f->enveloped)
			return;
		header_time(&f->header, &f->stamp);
	}
	while (take(&s, ' '))
		;
	if (take_priority_word(&s)) { /* s6 puts a stamp before all of it */
		struct stamp again;

		header_stamp(f->clock, &s, &again);
	}
	f->rest = s;
	f->syslog = f->header;
	f->tagged = read_tag(s, &f->syslog);
}

bool header_syslog(struct header_front *f, struct header *ret)
{
	if (!header_tagged(f))
		return false;
	*ret = f->syslog;
	return true;
}
