/* SPDX-License-Identifier: ISC */
#include "corpus.h"

/* Exim 4.96 as Debian builds it: GnuTLS, default selectors, so a handshake is told once a message,
 * and once a delivery. */

#define LINE(...) corpus_line(c, s, "exim", 0, __VA_ARGS__)

/* The one who came, as H= names him: a name that was looked up, or what he said in brackets. */
static void arrived(struct corpus *c, struct session *s, const char *proof, const char *rest)
{
	bool known = s->peer->name[0] != 'u' || s->peer->name[1] != 'n';

	LINE(known ? "%i <= %s H=%s [%a] P=%s%k%s S=%r id=%X@%s"
		   : "%i <= %s H=(%s) [%a] P=%s%k%s S=%r id=%X@%s",
	    s->id, s->user, known ? s->peer->name : s->peer->helo, s->peer, proof, s->peer->gnutls,
	    rest, 90000, s->peer->helo);
	truth_handshake(&c->truth, PLACE_EXIM_IN, s->peer->gnutls);
}

static void arrives_tls(struct corpus *c, struct session *s)
{
	arrived(c, s, "esmtps X=", " CV=no");
	truth_session(&c->truth, PLACE_EXIM_IN, s->peer->gnutls->canonical);
}

static void arrives_submission(struct corpus *c, struct session *s)
{
	arrived(c, s, "esmtpsa X=", " CV=no A=plain_server:user");
	truth_session(&c->truth, PLACE_EXIM_SUBMISSION, s->peer->gnutls->canonical);
}

static void arrives_clear(struct corpus *c, struct session *s)
{
	LINE("%i <= %s H=%s [%a] P=esmtp S=%r id=%X@%s", s->id, s->user, s->peer->helo, s->peer,
	    90000, s->peer->helo);
	truth_session(&c->truth, PLACE_EXIM_IN, "none");
}

static void arrives_hostile_subject(struct corpus *c, struct session *s)
{
	LINE("%i <= %s H=%s [%a] P=esmtp S=%r id=%X@%s T=\"Re: X=SSLv3:RC4_MD5:128 CV=no invoice\"",
	    s->id, s->user, s->peer->helo, s->peer, 90000, s->peer->helo);
	truth_session(&c->truth, PLACE_EXIM_IN, "none");
}

static void arrives_hostile_sender(struct corpus *c, struct session *s)
{
	LINE("%i <= \"x H=h.example [192.0.2.9] P=esmtps X=TLS1.0:RC4-MD5:128\"@evil.example "
	     "H=(%s) [%a] P=esmtp S=%r",
	    s->id, s->peer->helo, s->peer, 90000);
	truth_session(&c->truth, PLACE_EXIM_IN, "none");
}

static void arrives_local(struct corpus *c, struct session *s)
{
	LINE("%i <= root@mx1.example.org U=root P=local S=%r", s->id, 9000);
}

static void delivers_local(struct corpus *c, struct session *s)
{
	LINE("%i => %s R=local_user T=maildir_home", s->id, s->user);
}

static void sends_tls(struct corpus *c, struct session *s)
{
	LINE("%i => %u R=dnslookup T=remote_smtp H=%s [%a] X=%k CV=yes C=\"250 2.0.0 Ok: queued as "
	     "%Q\"",
	    s->id, s->hop->helo, s->hop, s->hop->gnutls);
	truth_handshake(&c->truth, PLACE_EXIM_OUT, s->hop->gnutls);
	truth_session(&c->truth, PLACE_EXIM_OUT, s->hop->gnutls->canonical);
}

/* A second recipient in the same transaction: no handshake. */
static void sends_second(struct corpus *c, struct session *s)
{
	LINE("%i -> %u R=dnslookup T=remote_smtp H=%s [%a] X=%k CV=yes C=\"250 2.0.0 Ok: queued as "
	     "%Q\"",
	    s->id, s->hop->helo, s->hop, s->hop->gnutls);
}

/* The next message on a connection that is open already. */
static void sends_continued(struct corpus *c, struct session *s)
{
	s->id = random_next(&c->random);
	LINE("%i => %u R=dnslookup T=remote_smtp H=%s [%a]* X=%k C=\"250 2.0.0 Ok: queued as %Q\"",
	    s->id, s->hop->helo, s->hop, s->hop->gnutls);
	truth_session(&c->truth, PLACE_EXIM_OUT, s->hop->gnutls->canonical);
}

static void sends_clear(struct corpus *c, struct session *s)
{
	LINE("%i => %u R=dnslookup T=remote_smtp H=%s [%a] C=\"250 Ok, X=TLS1.3:NONE:0 not here\"",
	    s->id, s->hop->helo, s->hop);
	truth_session(&c->truth, PLACE_EXIM_OUT, "none");
}

static void rejects(struct corpus *c, struct session *s)
{
	LINE("H=(%s) [%a] X=%k CV=no F=<%s> rejected RCPT <%u>: relay not permitted", s->peer->helo,
	    s->peer, s->peer->gnutls, s->user);
	truth_handshake(&c->truth, PLACE_EXIM_IN, s->peer->gnutls);
}

static void fails(struct corpus *c, struct session *s)
{
	static const char *const reason[] = {"No supported cipher suites have been found.",
	    "An unexpected TLS packet was received.",
	    "The TLS connection was non-properly "
	    "terminated."};

	LINE("TLS error on connection from %s [%a] (gnutls_handshake): %s", s->peer->helo, s->peer,
	    reason[random_skewed(&c->random, 3)]);
	truth_failure(&c->truth, PLACE_EXIM_IN);
}

/* Late: the handshake was good. */
static void drops(struct corpus *c, struct session *s)
{
	LINE("TLS error on connection from %s [%a] (recv): The TLS connection was non-properly "
	     "terminated.",
	    s->peer->helo, s->peer);
}

static void looks_up(struct corpus *c, struct session *s)
{
	LINE("no host name found for IP address %a", s->peer);
}

static void completes(struct corpus *c, struct session *s)
{
	LINE("%i Completed", s->id);
}

const struct script exim_scripts[] = {
    {120, {arrives_tls, delivers_local, completes}},
    {30, {looks_up, arrives_clear, delivers_local, completes}},
    {60, {arrives_submission, sends_tls, completes}},
    {10, {arrives_submission, sends_tls, sends_second, completes}},
    {8, {arrives_submission, sends_tls, completes, sends_continued, completes}},
    {10, {arrives_local, sends_clear, completes}},
    {20, {rejects}},
    {5, {fails}},
    {8, {looks_up, arrives_tls, drops, delivers_local, completes}},
    {1, {arrives_hostile_subject, delivers_local, completes}},
    {1, {arrives_hostile_sender, delivers_local, completes}},
    {0, {NULL}},
};
