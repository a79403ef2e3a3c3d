/* SPDX-License-Identifier: ISC */
#include "corpus.h"

/* Postfix: 3.x with its TLS log level at 1, unless the host is "old" (2.3) or "silent" (level 0).
 *
 * What a session was is told as the session machine may know it: by its handshake, else by
 * starttls= of the disconnect line, else by silence, which speaks of clear text only once that
 * daemon of that host has logged a handshake, or this session that one failed. */

#define SMTPD(...) corpus_line(c, s, s->ident, s->pid, __VA_ARGS__)
#define SMTP(...) corpus_line(c, s, "postfix/smtp", s->pid + 1, __VA_ARGS__)

static void comes(struct corpus *c, struct session *s, const char *ident, enum place place)
{
	s->ident = ident;
	s->place = place;
	SMTPD("connect from %p", s->peer);
}

static void comes_mx(struct corpus *c, struct session *s)
{
	comes(c, s, "postfix/smtpd", PLACE_MX);
}

static void comes_submission(struct corpus *c, struct session *s)
{
	s->auth = true;
	comes(c, s, "postfix/submission/smtpd", PLACE_SUBMISSION);
}

static void comes_submissions(struct corpus *c, struct session *s)
{
	s->auth = true;
	comes(c, s, "postfix/submissions/smtpd", PLACE_SUBMISSIONS);
}

static const char *key_exchange(
    struct corpus *c, const struct session *s, const struct suite *suite)
{
	bool told = !s->host->old && suite->canonical[6] == '3';

	return told ? suite_key_exchange(&c->random) : "";
}

static void established(struct corpus *c, struct session *s)
{
	const struct suite *suite = s->peer->openssl;

	s->encrypted = true;
	s->protocol = "unknown";
	if (s->host->silent)
		return;
	SMTPD("%sTLS connection established from %p: %c%s", s->host->old ? "" : "Anonymous ",
	    s->peer, suite, key_exchange(c, s, suite));
	truth_handshake(&c->truth, s->place, suite);
	s->protocol = suite->canonical;
	s->host->seen |= 1u << s->place;
}

static void client(struct corpus *c, struct session *s)
{
	s->mail = true;
	if (s->auth)
		SMTPD(
		    "%q: client=%p, sasl_method=PLAIN, sasl_username=%s", s->id, s->peer, s->user);
	else
		SMTPD("%q: client=%p", s->id, s->peer);
}

static void cleanup(struct corpus *c, struct session *s)
{
	corpus_line(
	    c, s, "postfix/cleanup", s->pid + 2, "%q: message-id=<%X@%s>", s->id, s->peer->helo);
}

static void subject(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/cleanup", s->pid + 2,
	    "%q: warning: header Subject: Anonymous TLS connection established from "
	    "mail.example.net[192.0.2.1]: SSLv3 with cipher RC4-MD5 (128/128 bits) from %p; "
	    "from=<%s> to=<%u> proto=ESMTP helo=<%s>",
	    s->id, s->peer, s->user, s->peer->helo);
}

static void queued(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/qmgr", 811, "%q: from=<%s>, size=%r, nrcpt=1 (queue active)",
	    s->id, s->user, 90000);
}

static void removed(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/qmgr", 811, "%q: removed", s->id);
}

static void signs(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "opendkim", 702, "%q: DKIM verification successful (s=%s d=example.org)",
	    s->id, s->host->name);
}

static void checks(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "policyd-spf", s->pid + 5,
	    "prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=%a; helo=%s; "
	    "envelope-from=%u; receiver=%s",
	    s->peer, s->peer->helo, s->user);
}

static void greylists(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postgrey", 640,
	    "action=pass, reason=client AWL, client_name=%n, client_address=%a/32, sender=%u, "
	    "recipient=%s",
	    s->peer, s->peer, s->user);
}

static void guesses(struct corpus *c, struct session *s)
{
	SMTPD("warning: %p: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=%s",
	    s->peer, s->user);
}

static void scans(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "amavis", s->pid + 3,
	    "(%d-%r) Passed CLEAN {RelayedInbound}, [%a]:%r <%u> -> <%s>, Queue-ID: %q, "
	    "Message-ID: <%X@%s>, mail_id: %B, Hits: -%r.%r, size: %r, queued_as: %Q, %r ms",
	    s->pid + 3, 20, s->peer, 60000, s->user, s->id, s->peer->helo, 5, 10, 90000, 3000);
}

static void stored(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/lmtp", s->pid + 4,
	    "%q: to=<%s>, relay=%s.example.org[private/dovecot-lmtp], delay=0.%r, "
	    "delays=0.%r/0/0.01/0.02, dsn=2.0.0, status=sent (250 2.0.0 <%s> %B Saved)",
	    s->id, s->user, s->host->name, 90, 9, s->user);
}

static void disconnects(struct corpus *c, struct session *s)
{
	static const char *const counters[2][2][2] = {
	    /* clear, then TLS; without and with mail; without and with AUTH */
	    {{"ehlo=1 quit=1 commands=2", "ehlo=1 auth=1 quit=1 commands=3"},
		{"ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
		    "ehlo=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=6"}},
	    {{"ehlo=2 starttls=1 mail=1 rcpt=0/1 quit=1 commands=5/6",
		 "ehlo=2 starttls=1 auth=1 quit=1 commands=5"},
		{"ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7",
		    "ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8"}},
	};
	bool starttls = s->encrypted && s->place != PLACE_SUBMISSIONS;
	const char *protocol = s->protocol;

	if (s->host->old) {
		SMTPD("disconnect from %p", s->peer);
		if (!s->encrypted && !s->failed && !(s->host->seen & 1u << s->place))
			protocol = "unknown";
	} else {
		SMTPD("disconnect from %p %s", s->peer, counters[starttls][s->mail][s->auth]);
	}
	truth_session(&c->truth, s->place, protocol);
}

static void rejects(struct corpus *c, struct session *s)
{
	SMTPD("NOQUEUE: reject: RCPT from %p: 450 4.2.0 <%s>: Recipient address rejected: "
	      "Greylisted, see https://example.org/grey; from=<%u> to=<%s> proto=ESMTP helo=<%s>",
	    s->peer, s->user, s->user, s->peer->helo);
}

static void rejects_hostile_helo(struct corpus *c, struct session *s)
{
	SMTPD("NOQUEUE: reject: RCPT from %p: 504 5.5.2 <Anonymous TLS connection established from "
	      "a[192.0.2.1]: SSLv2 with cipher EXP-RC4-MD5 (40/128 bits)>: Helo command rejected: "
	      "need fully-qualified hostname; from=<%s> to=<%u> proto=ESMTP helo=<Anonymous TLS "
	      "connection established from a[192.0.2.1]: SSLv2 with cipher EXP-RC4-MD5 (40/128 "
	      "bits)>",
	    s->peer, s->user);
}

static void probes(struct corpus *c, struct session *s)
{
	static const char *const after[] = {"CONNECT", "EHLO", "AUTH", "UNKNOWN"};

	SMTPD("lost connection after %s from %p", after[random_below(&c->random, 4)], s->peer);
}

/* Reason lines follow at once: they are one step. */
static void accept_fails(struct corpus *c, struct session *s)
{
	static const char *const reason[] = {"0A000102:SSL routines::unsupported protocol",
	    "0A0000C1:SSL routines::no shared cipher",
	    "0A00010B:SSL routines::wrong version number",
	    "0A000126:SSL routines::unexpected eof while reading"};

	if (random_percent(&c->random, 20)) {
		SMTPD("SSL_accept error from %p: lost connection", s->peer);
	} else {
		SMTPD("SSL_accept error from %p: -1", s->peer);
		SMTPD("warning: TLS library problem: error:%s:../ssl/record/rec_layer.c:%r:",
		    reason[random_skewed(&c->random, 4)], 900);
	}
	SMTPD("lost connection after STARTTLS from %p", s->peer);
	truth_failure(&c->truth, s->place);
	s->failed = true;
}

static void screens(struct corpus *c, struct session *s)
{
	uint32_t port = 1024 + random_below(&c->random, 60000);

	corpus_line(c, s, "postfix/postscreen", 820, "CONNECT from [%a]:%d to [198.51.100.10]:25",
	    s->peer, port);
	corpus_line(c, s, "postfix/tlsproxy", 821, "CONNECT from [%a]:%d", s->peer, port);
	corpus_line(c, s, "postfix/tlsproxy", 821,
	    "Anonymous TLS connection established from [%a]:%d: %c%s", s->peer, port,
	    s->peer->openssl, key_exchange(c, s, s->peer->openssl));
	truth_handshake(&c->truth, PLACE_POSTSCREEN, s->peer->openssl);
	corpus_line(c, s, "postfix/postscreen", 820, "PASS NEW [%a]:%d", s->peer, port);
	corpus_line(c, s, "postfix/tlsproxy", 821, "DISCONNECT [%a]:%d", s->peer, port);
}

static void sends_established(struct corpus *c, struct session *s)
{
	static const char *const trust[] = {"Untrusted", "Trusted", "Verified"};
	const struct suite *suite = s->hop->openssl;
	const char *how = trust[random_skewed(&c->random, 3)];

	if (s->host->old)
		SMTP("TLS connection established to %s: %c", s->hop->helo, suite);
	else
		SMTP("%s TLS connection established to %s[%a]:25: %c%s", how, s->hop->helo, s->hop,
		    suite, key_exchange(c, s, suite));
	truth_handshake(&c->truth, PLACE_RELAY, suite);
	s->host->seen |= 1u << PLACE_RELAY;
	s->hop_protocol = suite->canonical;
}

static void sends(struct corpus *c, struct session *s)
{
	SMTP("%q: to=<%u>, relay=%s[%a]:25, delay=%r.%r, delays=0.%r/0/0.3/0.%r, dsn=2.0.0, "
	     "status=sent (250 2.0.0 Ok: queued as %Q)",
	    s->id, s->hop->helo, s->hop, 9, 10, 9, 90);
	truth_session(&c->truth, PLACE_RELAY, s->hop_protocol);
}

/* The next message on the same connection. */
static void sends_again(struct corpus *c, struct session *s)
{
	s->id = random_next(&c->random);
	SMTP("Untrusted TLS connection reused to %s[%a]:25: %c", s->hop->helo, s->hop,
	    s->hop->openssl);
	sends(c, s);
}

static void sends_clear(struct corpus *c, struct session *s)
{
	s->hop_protocol = s->host->seen & 1u << PLACE_RELAY ? "none" : "unknown";
	SMTP("%q: to=<%u>, relay=%s[%a]:25, delay=2.%r, delays=0.%r/0/1/0.%r, dsn=2.0.0, "
	     "status=sent (250 Anonymous TLS connection established to %s[%a]:25: SSLv3 with "
	     "cipher RC4-MD5 (128/128 bits))",
	    s->id, s->hop->helo, s->hop, 10, 9, 90, s->hop->helo, s->hop);
	truth_session(&c->truth, PLACE_RELAY, s->hop_protocol);
}

static void sends_fails(struct corpus *c, struct session *s)
{
	SMTP("SSL_connect error to %s[%a]:25: -1", s->hop->helo, s->hop);
	SMTP("warning: TLS library problem: error:0A000410:SSL routines::sslv3 alert handshake "
	     "failure:../ssl/record/rec_layer_s3.c:1600:SSL alert number 40:");
	SMTP("%q: to=<%u>, relay=%s[%a]:25, delay=1.%r, delays=0.%r/0/1/0, dsn=4.7.5, "
	     "status=deferred (Cannot start TLS: handshake failure)",
	    s->id, s->hop->helo, s->hop, 10, 9);
	truth_failure(&c->truth, PLACE_RELAY);
}

static void anvil(struct corpus *c, struct session *s)
{
	corpus_line(c, s, "postfix/anvil", 830,
	    "statistics: max connection rate %r/60s for (smtp:%a) at %s", 9, s->peer,
	    c->stamp.rfc3164);
}

static void sends_without(struct corpus *c, struct session *s)
{
	SMTP("%q: to=<%u>, relay=%s[%a]:25, delay=2.%r, delays=0.%r/0/1/0.%r, dsn=2.0.0, "
	     "status=sent (250 2.0.0 Ok: queued as %Q)",
	    s->id, s->hop->helo, s->hop, 10, 9, 90);
	truth_session(&c->truth, PLACE_RELAY, "unknown");
}

const struct script quiet_scripts[] = {
    {24, {comes_mx, checks, greylists, client, cleanup, signs, queued, disconnects, scans, stored,
	     stored, removed}},
    {40, {comes_mx, probes, disconnects}},
    {25, {comes_mx, checks, rejects, disconnects}},
    {15, {comes_mx, guesses, guesses, guesses, probes, disconnects}},
    {6, {comes_submission, client, cleanup, signs, queued, disconnects, scans, sends_without,
	    removed}},
    {2, {queued, sends_without, removed}},
    {30, {anvil}},
    {0, {NULL}},
};

const struct script postfix_scripts[] = {
    {60, {comes_mx, established, checks, greylists, client, cleanup, signs, queued, disconnects,
	     scans, stored, removed}},
    {20, {comes_mx, established, checks, client, cleanup, signs, queued, disconnects, scans, stored,
	     stored, stored, removed}},
    {24, {comes_mx, checks, greylists, client, cleanup, queued, disconnects, scans, stored, stored,
	     removed}},
    {14, {comes_mx, established, checks, rejects, disconnects}},
    {90, {comes_mx, probes, disconnects}},
    {50, {comes_mx, checks, rejects, disconnects}},
    {30, {comes_mx, guesses, guesses, guesses, probes, disconnects}},
    {4, {comes_mx, accept_fails, disconnects}},
    {5, {screens}},
    {16, {comes_submission, established, client, cleanup, signs, queued, disconnects, scans,
	     sends_established, sends, sends, removed}},
    {8, {comes_submissions, established, client, cleanup, signs, queued, disconnects, scans,
	    sends_established, sends, removed}},
    {3, {comes_submission, established, client, cleanup, queued, sends_established, sends,
	    disconnects, removed, sends_again}},
    {3, {queued, sends_established, sends, removed}},
    {2, {queued, sends_clear, removed}},
    {1, {queued, sends_fails}},
    {60, {anvil}},
    {1, {comes_mx, client, cleanup, subject, queued, disconnects, stored, removed}},
    {1, {comes_mx, rejects_hostile_helo, disconnects}},
    {0, {NULL}},
};
