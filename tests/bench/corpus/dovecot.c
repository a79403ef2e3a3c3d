/* SPDX-License-Identifier: ISC */
#include "corpus.h"

/* Dovecot 2.3 with %k in its login lines; a server that is "silent" has none and says only TLS. */

static const struct suite not_told = {"", "unknown", "", "", "", 0};

static void arrive(struct corpus *c, struct session *s)
{
	static const struct {
		const char *process;
		enum place place;
		uint32_t weight;
	} service[] = {{"imap-login", PLACE_IMAP, 80}, {"pop3-login", PLACE_POP3, 15},
	    {"submission-login", PLACE_DOVECOT_SUBMISSION, 5}};
	uint32_t i = 0, draw = random_below(&c->random, 100);

	while (draw >= service[i].weight)
		draw -= service[i++].weight;
	s->ident = service[i].process;
	s->place = service[i].place;
}

static void login(struct corpus *c, struct session *s)
{
	const struct suite *suite = s->host->silent ? &not_told : s->peer->openssl;

	arrive(c, s);
	if (s->host->silent)
		corpus_dovecot_line(c, s, s->ident,
		    "Login: user=<%s>, method=PLAIN, rip=%a, lip=198.51.100.10, mpid=%d, TLS, "
		    "session=<%b>",
		    s->user, s->peer, s->pid, s->id);
	else
		corpus_dovecot_line(c, s, s->ident,
		    "Login: user=<%s>, method=PLAIN, rip=%a, lip=198.51.100.10, mpid=%d, TLS, %c, "
		    "session=<%b>",
		    s->user, s->peer, s->pid, suite, s->id);
	truth_handshake(&c->truth, s->place, suite);
	truth_session(&c->truth, s->place, suite->canonical);
}

static void login_clear(struct corpus *c, struct session *s)
{
	arrive(c, s);
	corpus_dovecot_line(c, s, s->ident,
	    "Login: user=<%s>, method=CRAM-MD5, rip=%a, lip=198.51.100.10, mpid=%d, session=<%b>",
	    s->user, s->peer, s->pid, s->id);
	truth_session(&c->truth, s->place, "none");
}

/* TLS, and gone before a login. */
static void aborted(struct corpus *c, struct session *s)
{
	arrive(c, s);
	if (s->host->silent)
		return;
	corpus_dovecot_line(c, s, s->ident,
	    "Disconnected: Connection closed (no auth attempts in %r secs): user=<>, rip=%a, "
	    "lip=198.51.100.10, TLS, %c, session=<%b>",
	    9, s->peer, s->peer->openssl, s->id);
	truth_handshake(&c->truth, s->place, s->peer->openssl);
	truth_session(&c->truth, s->place, s->peer->openssl->canonical);
}

static void failed(struct corpus *c, struct session *s)
{
	static const char *const reason[] = {
	    "unsupported protocol", "no shared cipher", "wrong version number", "version too low"};
	const char *why = reason[random_skewed(&c->random, 4)];

	arrive(c, s);
	corpus_dovecot_line(c, s, s->ident,
	    "Disconnected: Connection closed: SSL_accept() failed: error:0A000102:SSL "
	    "routines::%s (no auth attempts in 0 secs): user=<>, rip=%a, lip=198.51.100.10, TLS "
	    "handshaking: SSL_accept() failed: error:0A000102:SSL routines::%s, session=<%b>",
	    why, s->peer, why, s->id);
	truth_failure(&c->truth, s->place);
}

/* A login name that says what a handshake would say, over a connection in clear text. */
static void hostile(struct corpus *c, struct session *s)
{
	arrive(c, s);
	corpus_dovecot_line(c, s, s->ident,
	    "Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<x, "
	    "rip=192.0.2.1, lip=192.0.2.2, TLS, SSLv3 with cipher RC4-MD5 (128/128 bits)>, "
	    "method=PLAIN, rip=%a, lip=198.51.100.10, session=<%b>",
	    s->peer, s->id);
	truth_session(&c->truth, s->place, "none");
}

static void reads(struct corpus *c, struct session *s)
{
	corpus_dovecot_line(c, s, "imap", "delete: box=INBOX, uid=%r, msgid=<%X@%s>, size=%r",
	    90000, s->peer->helo, 200000);
}

static void leaves(struct corpus *c, struct session *s)
{
	corpus_dovecot_line(c, s, "imap",
	    "Disconnected: Logged out in=%r out=%r deleted=%r expunged=0 trashed=0 hdr_count=%r "
	    "hdr_bytes=%r body_count=0 body_bytes=0",
	    4000, 400000, 3, 90, 90000);
}

static void stores(struct corpus *c, struct session *s)
{
	corpus_dovecot_line(
	    c, s, "lmtp", "sieve: msgid=<%X@%s>: stored mail into mailbox 'INBOX'", s->peer->helo);
}

const struct script dovecot_scripts[] = {
    {20, {login, reads, leaves}},
    {15, {login, reads, reads, reads, reads, reads, reads, leaves}},
    {90, {stores, stores}},
    {3, {login_clear, leaves}},
    {4, {aborted}},
    {3, {failed}},
    {1, {hostile}},
    {0, {NULL}},
};
