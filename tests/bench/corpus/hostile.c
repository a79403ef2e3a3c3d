/* SPDX-License-Identifier: ISC */
#include "corpus.h"

/* A log that strangers wrote as far as they can: every line holds what patterns search for, so none
 * is passed over unread, and few count.  Names of hosts, HELO, subjects, logins and what other
 * programs repeat are theirs; handshakes there are too, of a host whose name reads like one. */

#define SMTPD(...) corpus_line(c, s, "postfix/smtpd", s->pid, __VA_ARGS__)

#define CLAIM "Anonymous TLS connection established from a[192.0.2.1]: SSLv3 with cipher RC4-MD5"

static const struct peer trickster = {
    .name = "TLS.SSLv3.with.cipher.RC4-MD5.example.net",
    .address = "203.0.113.66",
    .helo = "TLS-cipher",
};

static void comes(struct corpus *c, struct session *s)
{
	s->place = PLACE_MX;
	SMTPD("connect from %p", &trickster);
}

static void established(struct corpus *c, struct session *s)
{
	SMTPD("Anonymous TLS connection established from %p: %c", &trickster, s->peer->openssl);
	truth_handshake(&c->truth, s->place, s->peer->openssl);
	s->protocol = s->peer->openssl->canonical;
}

static void says_hello(struct corpus *c, struct session *s)
{
	SMTPD("NOQUEUE: reject: RCPT from %p: 504 5.5.2 <" CLAIM ">: Helo command rejected: need "
	      "fully-qualified hostname; from=<%s> to=<%u> proto=ESMTP helo=<" CLAIM ">",
	    &trickster, s->user);
}

static void leaves_clear(struct corpus *c, struct session *s)
{
	SMTPD("disconnect from %p ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4", &trickster);
	truth_session(&c->truth, s->place, "none");
}

static void leaves(struct corpus *c, struct session *s)
{
	SMTPD(
	    "disconnect from %p ehlo=2 starttls=1 mail=1 rcpt=0/1 quit=1 commands=5/6", &trickster);
	truth_session(&c->truth, s->place, s->protocol);
}

static void writes_subject(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/cleanup", s->pid + 2,
	    "%q: warning: header Subject: " CLAIM " (128/128 bits) from %p; from=<%s> to=<%u> "
	    "proto=ESMTP helo=<%s>",
	    s->id, &trickster, s->user, trickster.helo);
}

/* As long as a header may be, and nothing but what is searched for. */
static void writes_long_subject(struct corpus *c, struct session *s)
{
#define WORDS "TLS SSL cipher disconnect from TLS connection established to , TLS handshaking "
#define MANY WORDS WORDS WORDS WORDS WORDS WORDS WORDS WORDS WORDS WORDS WORDS WORDS
	corpus_line(c, s, "postfix/cleanup", s->pid + 2,
	    "%q: warning: header Subject: " MANY "from %p; from=<%s> to=<%u> proto=ESMTP helo=<%s>",
	    s->id, &trickster, s->user, trickster.helo);
#undef MANY
#undef WORDS
}

static void logs_in(struct corpus *c, struct session *s)
{
	corpus_dovecot_line(c, s, "imap-login",
	    "Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<x, "
	    "rip=192.0.2.1, lip=192.0.2.2, TLS, SSLv3 with cipher RC4-MD5 (128/128 bits)>, "
	    "method=PLAIN, rip=%a, lip=198.51.100.10, session=<%b>",
	    &trickster, s->id);
	truth_session(&c->truth, PLACE_IMAP, "none");
}

/* What a program of no mail server repeats of what it was told. */
static void is_repeated(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "webmail", s->pid + 7,
	    "postfix/smtpd[%d]: " CLAIM " (128/128 bits); imap-login: Login: user=<%s>, "
	    "method=PLAIN, rip=%a, lip=198.51.100.10, TLS",
	    s->pid, s->user, &trickster);
}

const struct script hostile_scripts[] = {
    {4, {comes, says_hello, leaves_clear}},
    {2, {comes, established, says_hello, leaves}},
    {4, {writes_subject, writes_subject}},
    {1, {writes_long_subject}},
    {4, {logs_in}},
    {4, {is_repeated, is_repeated}},
    {0, {NULL}},
};
