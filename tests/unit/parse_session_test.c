/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/session.h"
#include "parse_facts.h"

/* A mail server that says nothing but what is asked of it.  The last word of an ident is its
 * silence. */
static const char patterns[] =
    "mta: toy\n"
    "header: syslog\n"
    "expire: 10m\n"
    "idents:\n"
    "  - {match: unknown, as: unknown, service: mx, direction: in}\n"
    "  - {match: none, as: none, service: mx, direction: in, silence: none}\n"
    "  - {match: seen, as: seen, service: mx, direction: in, silence: seen}\n"
    "  - {match: wrapped, as: wrapped, service: submissions, direction: in, silence: encrypted}\n"
    "  - {match: out, as: out, service: relay, direction: out, silence: seen}\n"
    "  - {match: bare, as: bare}\n"
    "define:\n"
    "  key: '(?: key=(?<key>\\S+))?'\n"
    "  name: '(?: name=(?<peer_name>\\S+))?'\n"
    "  peer: '(?: peer=(?<peer>[^\\s:]+)(?::(?<port>\\d+))?)?'\n"
    "  more: '(?: user=(?<user>\\S+))?(?: domain=(?<domain>\\S+))?'\n"
    "  service: '(?: (?:(?<service__imap>imap)|(?<service__mx>mx)))?(?: (?<direction__out>out))?'\n"
    "  who: '(?&key)(?&name)(?&peer)(?&more)(?&service)'\n"
    "  tls: '(?: "
    "tls=(?:(?<tls__none>none)|(?<tls__encrypted>encrypted)|(?<tls__unknown>unknown)))?'\n"
    "  suite: '(?: (?<protocol>TLS\\S*)(?: (?<cipher>[A-Z]\\S*)(?: (?<bits>\\d+))?(?: "
    "verify=(?<verify>\\w+))?)?)?'\n"
    "  reason: '(?:(?: (?<class__not_tls>junk))? because (?<reason>.*))?'\n"
    "  counts: '(?: starttls=(?<starttls>\\d+))?(?: auth=(?<auth>\\d+))?(?: mail=(?<mail>\\d+))?'\n"
    "  item: '(?: item=(?<item>\\w+))?'\n"
    "patterns:\n"
    "  - {name: open, literal: open, event: open, regex: 'open(?&who)(?&tls)$'}\n"
    "  - {name: mark, literal: mark, event: mark, regex: 'mark(?&who)(?&tls)$'}\n"
    "  - {name: mail, literal: mail, event: mark, set: {mail: 1}, regex: 'mail(?&who)$'}\n"
    "  - {name: count, literal: count, event: mark, regex: 'count(?&who)(?&counts)$'}\n"
    "  - {name: shake, literal: shake, event: handshake, regex: 'shake(?&who)(?&suite)$'}\n"
    "  - {name: shake-wait, literal: shake-wait, event: handshake, wait: peer, regex: "
    "'shake-wait(?&who)(?&suite)$'}\n"
    "  - {name: shake-within, literal: shake-within, event: handshake, within: process, regex: "
    "'shake-within(?&who)(?&suite)$'}\n"
    "  - {name: shake-once, literal: shake-once, event: handshake, once: yes, set: {unit: "
    "message}, regex: 'shake-once(?&who)(?&suite)$'}\n"
    "  - {name: shake-unit, literal: shake-unit, event: handshake, set: {unit: login}, regex: "
    "'shake-unit(?&who)(?&suite)$'}\n"
    "  - {name: reuse, literal: reuse, event: reuse, regex: 'reuse(?&who)(?&suite)$'}\n"
    "  - {name: fail, literal: fail, event: failure, regex: 'fail(?&who)(?&reason)$'}\n"
    "  - {name: fail-wait, literal: fail-wait, event: failure, wait: reason, regex: "
    "'fail-wait(?&who)(?&reason)$'}\n"
    "  - {name: fail-peer, literal: fail-peer, event: failure, wait: peer, regex: "
    "'fail-peer(?&who)(?&reason)$'}\n"
    "  - {name: fail-once, literal: fail-once, event: failure, once: yes, regex: "
    "'fail-once(?&who)(?&reason)$'}\n"
    "  - {name: fail-set, literal: fail-set, event: failure, set: {class: timeout, unit: "
    "delivery}, regex: 'fail-set(?&who)(?&reason)$'}\n"
    "  - {name: fail-close, literal: fail-close, event: [failure, close], regex: "
    "'fail-close(?&who)(?&reason)$'}\n"
    "  - {name: reason, literal: reason, event: reason, regex: 'reason(?&who)(?&reason)$'}\n"
    "  - {name: carry, literal: carry, event: carried, regex: "
    "'carry(?&who)(?&item)(?&tls)(?&suite)$'}\n"
    "  - {name: carry-within, literal: carry-within, event: carried, within: process, regex: "
    "'carry-within(?&who)$'}\n"
    "  - {name: carry-counts, literal: carry-counts, event: carried, regex: "
    "'carry-counts(?&who)(?&tls)(?&counts)$'}\n"
    "  - {name: both, literal: both, event: [handshake, carried], once: yes, set: {unit: message}, "
    "regex: 'both(?&who)(?&suite)$'}\n"
    "  - {name: login, literal: login, event: login, regex: 'login(?&who)(?&tls)(?&suite)$'}\n"
    "  - {name: login-auth, literal: login-auth, event: login, regex: "
    "'login-auth(?&who)(?&counts)$'}\n"
    "  - {name: close, literal: close, event: close, regex: 'close(?&who)(?&tls)(?&suite)$'}\n"
    "  - {name: close-counts, literal: close-counts, event: close, regex: "
    "'close-counts(?&who)(?&tls)(?&counts)$'}\n"
    "  - {name: close-starttls, literal: close-starttls, event: close, regex: "
    "'close-starttls(?&who)(?: starttls=(?<starttls>\\d+))?$'}\n"
    "  - {name: close-set, literal: close-set, event: close, set: {silence: none, service: lmtp}, "
    "regex: 'close-set(?&who)$'}\n"
    "  - {name: ignore, literal: ignore, event: ignore, regex: 'ignore'}\n";

/* A script is lines without their `Nov 23 `; a line that begins with a letter is whole. */
struct script {
	const char *name, *lines, *facts;
};

static void run_script(struct parser *p, const char *lines)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct slice rest = slice_of(lines);

	while (rest.n) {
		size_t n = slice_find(rest, '\n') + 1;

		if (rest.p[0] >= '0' && rest.p[0] <= '9')
			buffer_text_add(&text, "Nov 23 ");
		buffer_add(&text, slice_first(rest, n));
		rest = slice_skip(rest, n);
	}
	parser_block(p, buffer_slice(&text));
}

static struct pattern_set *toy(void)
{
	const char *texts[] = {patterns};

	return set_of(texts, 1);
}

static void check_scripts(const struct script *scripts, size_t count)
{
	struct pattern_set *set = toy();

	for (size_t i = 0; i < count; i++) {
		struct notes notes;

		notes_open(&notes, set);
		run_script(notes.parser, scripts[i].lines);
		parser_end(notes.parser);
		if (strcmp(buffer_text(&notes.facts), scripts[i].facts) != 0)
			fail_msg("%s:\n%s--- gives\n%s--- and not\n%s", scripts[i].name,
			    scripts[i].lines, buffer_text(&notes.facts), scripts[i].facts);
		notes_close(&notes);
	}
	pattern_set_free(set);
}
#define CHECK(scripts) check_scripts(scripts, ARRAY_SIZE(scripts))

static void test_keys(void **state)
{
	static const struct script scripts[] = {
	    {"ident and pid",
		"10:00:00 h none[1]: open peer=192.0.2.1\n"
		"10:00:00 h none[2]: open peer=192.0.2.2\n"
		"10:00:01 h none[1]: shake TLSv1.2 AES128-SHA\n"
		"10:00:02 h none[2]: close\n"
		"10:00:03 h none[1]: close\n",
		"handshake connection mx TLSv1.2 AES128-SHA peer=192.0.2.1 @10:00:01\n"
		"session connection mx none mail=0 peer=192.0.2.2 @10:00:02\n"
		"session connection mx TLSv1.2 AES128-SHA mail=0 peer=192.0.2.1 @10:00:03\n"},
	    {"the same pid under another name is another",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:00:01 h unknown[1]: carry\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx unknown mail=1 @10:00:01\n"},
	    {"another host is another",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:00:01 g none[1]: carry\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"},
	    {"a captured key, whatever its case, pid and ident",
		"10:00:00 h none[1]: shake key=ICID7 TLSv1.2\n"
		"10:00:01 h unknown[2]: carry key=icid7\n"
		"10:00:02 h none[1]: carry key=dcid7\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 @10:00:01\n"
		"session message mx none mail=1 @10:00:02\n"},
	    {"a captured key within a process",
		"10:00:00 h none[1]: shake-within key=MX1 TLSv1.2\n"
		"10:00:01 h none[1]: carry-within key=mx2\n"
		"10:00:02 h none[1]: carry-within key=mx1\n"
		"10:00:03 h none[2]: carry-within key=mx1\n"
		"10:00:04 h none[1]: carry key=mx1\n"
		"10:00:05 h none[1]: carry-within\n"
		"10:00:06 h none[1]: shake-within TLSv1.3\n"
		"10:00:07 h none[1]: carry\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:02\n"
		"session message mx none mail=1 @10:00:03\n"
		"session message mx none mail=1 @10:00:04\n"
		"session message mx none mail=1 @10:00:05\n"
		"handshake connection mx TLSv1.3 @10:00:06\n"
		"session message mx TLSv1.3 mail=1 @10:00:07\n"},
	    {"no key, no state",
		"10:00:00 h none: shake peer=192.0.2.1 TLSv1.2\n"
		"10:00:01 h none: carry\n"
		"10:00:02 h none: shake-wait TLSv1.1\n"
		"10:00:03 h none: fail-wait peer=192.0.2.3\n"
		"10:00:04 h none: open\n"
		"10:00:05 h none: mail\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"
		"handshake connection mx TLSv1.1 @10:00:02\n"
		"failure connection mx peer=192.0.2.3 reason=other @10:00:03\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_peers(void **state)
{
	static const struct script scripts[] = {
	    {"another address",
		"10:00:00 h none[1]: shake peer=192.0.2.1 TLSv1.2\n"
		"10:00:01 h none[1]: carry peer=192.0.2.2\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:00\n"
		"session message mx none mail=1 peer=192.0.2.2 @10:00:01\n"},
	    {"another port",
		"10:00:00 h none[1]: shake peer=192.0.2.1:25 TLSv1.2\n"
		"10:00:01 h none[1]: carry peer=192.0.2.1\n"
		"10:00:02 h none[1]: carry peer=192.0.2.1:26\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 port=25 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 peer=192.0.2.1 port=25 @10:00:01\n"
		"session message mx none mail=1 peer=192.0.2.1 port=26 @10:00:02\n"},
	    {"another name counts where no address stands on both sides",
		"10:00:00 h none[1]: shake name=a.example TLSv1.2\n"
		"10:00:01 h none[1]: carry name=A.Example.\n"
		"10:00:02 h none[1]: carry name=b.example\n",
		"handshake connection mx TLSv1.2 name=a.example @10:00:00\n"
		"session message mx TLSv1.2 mail=1 name=A.Example. @10:00:01\n"
		"session message mx none mail=1 name=b.example @10:00:02\n"},
	    {"one address under two names is one",
		"10:00:00 h none[1]: shake name=a.example peer=192.0.2.1 TLSv1.2\n"
		"10:00:01 h none[1]: carry name=b.example peer=192.0.2.1\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 name=a.example @10:00:00\n"
		"session message mx TLSv1.2 mail=1 peer=192.0.2.1 name=b.example @10:00:01\n"},
	    {"a kept reason survives, the rest does not",
		"10:00:00 h none[1]: open peer=192.0.2.1\n"
		"10:00:00 h none[1]: mail\n"
		"10:00:01 h none[1]: reason because bad\n"
		"10:00:02 h none[1]: fail peer=192.0.2.2\n"
		"10:00:03 h none[1]: close\n",
		"session connection mx none mail=1 peer=192.0.2.1 @10:00:01\n"
		"failure connection mx peer=192.0.2.2 reason=other raw=bad @10:00:02\n"},
	    {"addresses are folded, local ones are internal",
		"10:00:00 h none: carry peer=127.0.0.1\n"
		"10:00:01 h none: carry name=x domain=example.org\n",
		"session message mx none mail=1 peer=127.0.0.1 internal @10:00:00\n"
		"session message mx none mail=1 name=x domain=example.org @10:00:01\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_handshakes(void **state)
{
	static const struct script scripts[] = {
	    {"a session has what its handshake had",
		"10:00:00 h unknown[1]: shake TLSv1.2 AES256-SHA 256 verify=Trusted\n"
		"10:00:01 h unknown[1]: carry\n",
		"handshake connection mx TLSv1.2 AES256-SHA bits=256 verify=trusted @10:00:00\n"
		"session message mx TLSv1.2 AES256-SHA bits=256 verify=trusted mail=1 @10:00:01\n"},
	    {"so has one whose line tells all itself",
		"10:00:01 h unknown[1]: carry TLSv1.2 AES256-SHA 256 verify=Trusted\n",
		"session message mx TLSv1.2 AES256-SHA bits=256 verify=trusted mail=1 @10:00:01\n"},
	    {"a reuse is no handshake, but tells",
		"10:00:00 h unknown[1]: reuse TLSv1.3 X\n"
		"10:00:01 h unknown[1]: carry\n",
		"session message mx TLSv1.3 X mail=1 @10:00:01\n"},
	    {"the second handshake counts",
		"10:00:00 h unknown[1]: shake TLSv1.2 AES128-SHA\n"
		"10:00:01 h unknown[1]: shake TLSv1.3\n"
		"10:00:02 h unknown[1]: carry\n",
		"handshake connection mx TLSv1.2 AES128-SHA @10:00:00\n"
		"handshake connection mx TLSv1.3 @10:00:01\n"
		"session message mx TLSv1.3 mail=1 @10:00:02\n"},
	    {"once, and what it was",
		"10:00:00 h unknown[1]: both TLSv1.2 AES128-SHA\n"
		"10:00:01 h unknown[1]: both TLSv1.2 AES128-SHA\n"
		"10:00:02 h unknown[1]: fail-once because x\n"
		"10:00:03 h unknown[1]: carry\n",
		"handshake connection mx TLSv1.2 AES128-SHA @10:00:00\n"
		"session message mx TLSv1.2 AES128-SHA mail=1 @10:00:00\n"
		"session message mx TLSv1.2 AES128-SHA mail=1 @10:00:01\n"
		"session message mx TLSv1.2 AES128-SHA mail=1 @10:00:03\n"},
	    {"once without a key is every line, with its unit",
		"10:00:00 h unknown: both TLSv1.2\n"
		"10:00:01 h unknown: both TLSv1.2\n",
		"handshake message mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 @10:00:00\n"
		"handshake message mx TLSv1.2 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:01\n"},
	    {"units",
		"10:00:00 h unknown[1]: shake-unit TLSv1.2\n"
		"10:00:01 h unknown[2]: shake-once TLSv1.2\n"
		"10:00:02 h unknown[3]: fail-set because x\n",
		"handshake login mx TLSv1.2 @10:00:00\n"
		"handshake connection mx TLSv1.2 @10:00:01\n"
		"failure delivery mx reason=timeout raw=x @10:00:02\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_failures(void **state)
{
	static const struct script scripts[] = {
	    {"what follows a failure is in clear text, wrapped or not",
		"10:00:00 h wrapped[1]: fail because x\n"
		"10:00:01 h wrapped[1]: carry\n",
		"failure connection submissions reason=other raw=x @10:00:00\n"
		"session message submissions none mail=1 @10:00:01\n"},
	    {"and a handshake after it is not",
		"10:00:00 h none[1]: fail because x\n"
		"10:00:01 h none[1]: shake TLSv1.2\n"
		"10:00:02 h none[1]: carry\n",
		"failure connection mx reason=other raw=x @10:00:00\n"
		"handshake connection mx TLSv1.2 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:02\n"},
	    {"waits for its reason, the first of several",
		"10:00:00 h none[1]: fail-wait peer=192.0.2.1\n"
		"10:00:01 h none[1]: mark\n"
		"10:00:10 h none[1]: reason because first\n"
		"10:00:10 h none[1]: reason because second\n"
		"10:00:11 h none[1]: close\n",
		"failure connection mx peer=192.0.2.1 reason=other raw=first @10:00:00\n"},
	    {"waits 10 seconds",
		"10:00:00 h none[1]: fail-wait\n"
		"10:00:11 h none[1]: reason because late\n",
		"failure connection mx reason=other @10:00:00\n"},
	    {"does not wait when it has one",
		"10:00:00 h none[1]: fail-wait because own\n"
		"10:00:01 h none[1]: carry\n",
		"failure connection mx reason=other raw=own @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"},
	    {"any other event ends the waiting",
		"10:00:00 h none[1]: fail-wait\n"
		"10:00:01 h none[1]: mail\n"
		"10:00:01 h none[1]: carry\n"
		"10:00:02 h none[1]: fail-wait\n"
		"10:00:03 h none[1]: open\n"
		"10:00:04 h none[1]: fail-wait\n"
		"10:00:05 h none[1]: close\n"
		"10:00:06 h none[1]: fail-wait\n"
		"10:00:07 h none[1]: fail because own\n",
		"failure connection mx reason=other @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"
		"failure connection mx reason=other @10:00:02\n"
		"failure connection mx reason=other @10:00:04\n"
		"session connection mx none mail=0 @10:00:05\n"
		"failure connection mx reason=other @10:00:06\n"
		"failure connection mx reason=other raw=own @10:00:07\n"},
	    {"a mark of clear text does not",
		"10:00:00 h none[1]: fail-wait\n"
		"10:00:01 h none[1]: mark tls=none\n"
		"10:00:02 h none[1]: reason because x\n",
		"failure connection mx reason=other raw=x @10:00:00\n"},
	    {"a reason before it, kept 10 seconds, for one",
		"10:00:00 h none[1]: reason junk because first\n"
		"10:00:10 h none[1]: fail\n"
		"10:00:10 h none[1]: fail\n"
		"10:01:00 h none[1]: reason because first\n"
		"10:01:11 h none[1]: fail\n"
		"10:02:00 h none[1]: reason because first\n"
		"10:02:00 h none[1]: fail because own\n"
		"10:02:01 h none[1]: fail\n",
		"failure connection mx reason=not-tls raw=first @10:00:10\n"
		"failure connection mx reason=other @10:00:10\n"
		"failure connection mx reason=other @10:01:11\n"
		"failure connection mx reason=other raw=own @10:02:00\n"
		"failure connection mx reason=other @10:02:01\n"},
	    {"a kept reason is not for one that waits",
		"10:00:00 h none[1]: reason because old\n"
		"10:00:01 h none[1]: fail-wait\n"
		"10:00:02 h none[1]: reason because new\n",
		"failure connection mx reason=other raw=new @10:00:01\n"},
	    {"open forgets a kept reason",
		"10:00:00 h none[1]: reason because old\n"
		"10:00:01 h none[1]: open\n"
		"10:00:02 h none[1]: fail\n",
		"failure connection mx reason=other @10:00:02\n"},
	    {"once: the consequence does not count again",
		"10:00:00 h none[1]: fail because x\n"
		"10:00:01 h none[1]: fail-once because y\n"
		"10:00:02 h none[2]: fail-once because y\n",
		"failure connection mx reason=other raw=x @10:00:00\n"
		"failure connection mx reason=other raw=y @10:00:02\n"},
	    {"classes: of the line, of its set, of the reason's line",
		"10:00:00 h none[1]: fail junk because x\n"
		"10:00:01 h none[1]: fail-set because x\n"
		"10:00:02 h none[1]: fail-wait\n"
		"10:00:03 h none[1]: reason junk because x\n",
		"failure connection mx reason=not-tls raw=x @10:00:00\n"
		"failure delivery mx reason=timeout raw=x @10:00:01\n"
		"failure connection mx reason=not-tls raw=x @10:00:02\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_waiting_for_peer(void **state)
{
	static const struct script scripts[] = {
	    {"any line brings it",
		"10:00:00 h none[1]: shake-wait TLSv1.2\n"
		"10:00:01 h none[1]: mark\n"
		"10:00:02 h none[1]: mark peer=192.0.2.1\n"
		"10:00:03 h none[1]: login\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:00\n"
		"session login submission TLSv1.2 auth=1 peer=192.0.2.1 @10:00:03\n"},
	    {"by name alone",
		"10:00:00 h none[1]: shake-wait TLSv1.2\n"
		"10:00:02 h none[1]: login name=a.example\n",
		"handshake connection mx TLSv1.2 name=a.example @10:00:00\n"
		"session login submission TLSv1.2 auth=1 name=a.example @10:00:02\n"},
	    {"it may be known",
		"10:00:00 h none[1]: mark peer=192.0.2.1\n"
		"10:00:01 h none[1]: shake-wait TLSv1.2\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:01\n"},
	    {"the next handshake, failure or reuse is another's",
		"10:00:00 h none[1]: shake-wait TLSv1.1 A\n"
		"10:00:01 h none[1]: shake-wait TLSv1.2 B\n"
		"10:00:02 h none[1]: fail-close peer=192.0.2.6\n"
		"10:00:03 h none[1]: shake-wait TLSv1.1 A\n"
		"10:00:04 h none[1]: reuse peer=192.0.2.7 TLSv1.2 B\n",
		"handshake connection mx TLSv1.1 A @10:00:00\n"
		"handshake connection mx TLSv1.2 B @10:00:01\n"
		"failure connection mx peer=192.0.2.6 reason=other @10:00:02\n"
		"handshake connection mx TLSv1.1 A @10:00:03\n"},
	    {"so is a line in clear text",
		"10:00:00 h none[1]: shake-wait TLSv1.2\n"
		"10:00:01 h none[1]: login peer=192.0.2.7 tls=none\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session login submission none auth=1 peer=192.0.2.7 @10:00:01\n"},
	    {"close, expiry, open and the end",
		"10:00:00 h none[1]: shake-wait TLSv1.1\n"
		"10:00:01 h none[1]: close\n"
		"10:00:02 h none[1]: shake-wait TLSv1.2\n"
		"10:10:03 h none[1]: mark peer=192.0.2.1\n"
		"10:10:04 h none[2]: shake-wait TLSv1.3\n"
		"10:10:05 h none[2]: open peer=192.0.2.2\n"
		"10:10:06 h none[3]: shake-wait TLSv1.3\n",
		"handshake connection mx TLSv1.1 @10:00:00\n"
		"handshake connection mx TLSv1.2 @10:00:02\n"
		"handshake connection mx TLSv1.3 @10:10:04\n"
		"handshake connection mx TLSv1.3 @10:10:06\n"},
	    {"a failure too, with the reason of its own or the first after it",
		"10:00:00 h none[1]: fail-peer because own\n"
		"10:00:01 h none[1]: reason because other\n"
		"10:00:02 h none[1]: mark peer=192.0.2.1\n"
		"10:00:03 h none[1]: fail\n"
		"10:00:04 h none[2]: fail-peer\n"
		"10:00:05 h none[2]: reason because first\n"
		"10:00:05 h none[2]: reason because second\n"
		"10:00:06 h none[2]: mark peer=192.0.2.2\n",
		"failure connection mx peer=192.0.2.1 reason=other raw=own @10:00:00\n"
		"failure connection mx peer=192.0.2.1 reason=other @10:00:03\n"
		"failure connection mx peer=192.0.2.2 reason=other raw=first @10:00:04\n"},
	    {"a consequence that does nothing brings the peer",
		"10:00:00 h none[1]: fail-peer because own\n"
		"10:00:01 h none[1]: fail-once peer=192.0.2.1 because x\n",
		"failure connection mx peer=192.0.2.1 reason=other raw=own @10:00:00\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_items(void **state)
{
	static const struct script scripts[] = {
	    {"another item forgets, the same does not",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:00:01 h none[1]: carry item=A\n"
		"10:00:02 h none[1]: carry item=A\n"
		"10:00:03 h none[1]: carry item=B\n"
		"10:00:04 h none[1]: carry item=B\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:02\n"
		"session message mx none mail=1 @10:00:03\n"
		"session message mx none mail=1 @10:00:04\n"},
	    {"handshake, reuse and failure begin anew",
		"10:00:00 h unknown[1]: carry item=A\n"
		"10:00:01 h unknown[1]: shake TLSv1.2\n"
		"10:00:02 h unknown[1]: carry item=B\n"
		"10:00:03 h unknown[1]: reuse TLSv1.3\n"
		"10:00:04 h unknown[1]: carry item=C\n"
		"10:00:05 h unknown[1]: fail\n"
		"10:00:06 h unknown[1]: carry item=D\n",
		"session message mx unknown mail=1 @10:00:00\n"
		"handshake connection mx TLSv1.2 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:02\n"
		"session message mx TLSv1.3 mail=1 @10:00:04\n"
		"failure connection mx reason=other @10:00:05\n"
		"session message mx none mail=1 @10:00:06\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_protocol(void **state)
{
	static const struct script scripts[] = {
	    {"1: the line",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:00:01 h none[1]: carry TLSv1.3\n"
		"10:00:02 h none[1]: carry TLS\n"
		"10:00:03 h none[1]: carry tls=none\n"
		"10:00:04 h none[1]: carry tls=none TLSv1.3\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.3 mail=1 @10:00:01\n"
		"session message mx unknown mail=1 @10:00:02\n"
		"session message mx none mail=1 @10:00:03\n"
		"session message mx none mail=1 @10:00:04\n"},
	    {"2: a handshake, before what the line hints at",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:00:01 h none[1]: carry tls=encrypted\n"
		"10:00:02 h none[1]: carry tls=unknown\n"
		"10:00:03 h none[1]: mark tls=encrypted\n"
		"10:00:04 h none[1]: mark tls=unknown\n"
		"10:00:05 h none[1]: close-counts starttls=1\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 @10:00:01\n"
		"session message mx TLSv1.2 mail=1 @10:00:02\n"
		"session connection mx TLSv1.2 mail=0 auth=0 @10:00:05\n"},
	    {"3: the line's hint, before the session",
		"10:00:00 h none[1]: fail\n"
		"10:00:01 h none[1]: carry tls=encrypted\n"
		"10:00:02 h none[1]: carry tls=unknown\n"
		"10:00:03 h none[1]: carry-counts starttls=1 mail=1\n"
		"10:00:04 h none[2]: carry-counts mail=1\n",
		"failure connection mx reason=other @10:00:00\n"
		"session message mx unknown mail=1 @10:00:01\n"
		"session message mx unknown mail=1 @10:00:02\n"
		"session message mx unknown mail=1 auth=0 @10:00:03\n"
		"session message mx none mail=1 auth=0 @10:00:04\n"},
	    {"4: the session, before silence",
		"10:00:00 h unknown[1]: open tls=none\n"
		"10:00:01 h unknown[1]: carry\n"
		"10:00:02 h none[2]: open tls=encrypted\n"
		"10:00:03 h none[2]: carry\n"
		"10:00:04 h none[3]: mark tls=unknown\n"
		"10:00:05 h none[3]: carry\n"
		"10:00:06 h none[3]: mark tls=none\n"
		"10:00:07 h none[3]: close-counts starttls=0\n"
		"10:00:08 h none[4]: mark tls=encrypted\n"
		"10:00:09 h none[4]: close-counts starttls=0\n",
		"session message mx none mail=1 @10:00:01\n"
		"session message mx unknown mail=1 @10:00:03\n"
		"session message mx unknown mail=1 @10:00:05\n"
		"session connection mx none mail=0 auth=0 @10:00:07\n"
		"session connection mx unknown mail=0 auth=0 @10:00:09\n"},
	    {"5: silence",
		"10:00:00 h unknown[1]: carry\n"
		"10:00:01 h none[1]: carry\n"
		"10:00:02 h wrapped[1]: carry\n"
		"10:00:03 h seen[1]: carry\n"
		"10:00:04 h bare[1]: carry\n"
		"10:00:05 h wrapped[2]: close-counts starttls=0\n"
		"10:00:06 h unknown[2]: close-counts\n"
		"10:00:07 h unknown[3]: open\n"
		"10:00:07 h unknown[3]: close-set\n",
		"session message mx unknown mail=1 @10:00:00\n"
		"session message mx none mail=1 @10:00:01\n"
		"session message submissions unknown mail=1 @10:00:02\n"
		"session message mx unknown mail=1 @10:00:03\n"
		"session message unknown unknown mail=1 @10:00:04\n"
		"session connection submissions unknown mail=0 auth=0 @10:00:05\n"
		"session connection mx none mail=0 auth=0 @10:00:06\n"
		"session connection lmtp none mail=0 @10:00:07\n"},
	    {"seen: a handshake of this host and ident, in 7 days",
		"Nov  1 10:00:00 h seen[1]: carry\n"
		"Nov  1 10:00:01 h seen[2]: reuse TLSv1.2\n"
		"Nov  1 10:00:02 h seen[1]: carry\n"
		"Nov  1 10:00:03 h seen[2]: shake TLSv1.2\n"
		"Nov  1 10:00:04 h seen[1]: carry\n"
		"Nov  1 10:00:05 g seen[1]: carry\n"
		"Nov  1 10:00:06 h out[1]: carry\n"
		"Nov  8 10:00:03 h seen[1]: carry\n"
		"Nov  8 10:00:04 h seen[1]: carry\n",
		"session message mx unknown mail=1 @10:00:00\n"
		"session message mx unknown mail=1 @10:00:02\n"
		"handshake connection mx TLSv1.2 @10:00:03\n"
		"session message mx none mail=1 @10:00:04\n"
		"session message mx unknown mail=1 @10:00:05\n"
		"session delivery relay out unknown mail=1 @10:00:06\n"
		"session message mx none mail=1 @10:00:03\n"
		"session message mx unknown mail=1 @10:00:04\n"},
	    {"seen: an older log proves nothing by a newer one's handshake",
		"Nov  8 10:00:00 h seen[1]: shake TLSv1.2\n"
		"Nov  8 09:30:00 h seen[2]: carry\n"
		"Nov  3 10:00:00 h seen[3]: carry\n"
		"Nov  3 10:00:01 h seen[3]: shake TLSv1.2\n"
		"Nov  3 10:00:02 h seen[4]: carry\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx none mail=1 @09:30:00\n"
		"session message mx unknown mail=1 @10:00:00\n"
		"handshake connection mx TLSv1.2 @10:00:01\n"
		"session message mx none mail=1 @10:00:02\n"},
	    {"seen: a session that a newer log's keeps from expiring is judged by its own time",
		"Nov  3 20:00:00 h seen[9]: open\n"
		"Nov  3 10:00:00 h seen[1]: shake TLSv1.2\n"
		"Nov  3 10:00:01 h seen[2]: open\n"
		"Nov  3 10:00:02 h seen[2]: mail\n"
		"Nov  3 15:00:00 h seen[3]: shake TLSv1.2\n"
		"Nov  3 15:00:01 h seen[2]: open\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"handshake connection mx TLSv1.2 @15:00:00\n"
		"session connection mx none mail=1 @10:00:02\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_sessions(void **state)
{
	static const struct script scripts[] = {
	    {"units of what was carried",
		"10:00:00 h none[1]: carry\n"
		"10:00:01 h out[1]: carry\n"
		"10:00:02 h none[1]: carry out\n"
		"10:00:03 h none[3]: carry-counts mail=0\n"
		"10:00:04 h bare[1]: carry\n",
		"session message mx none mail=1 @10:00:00\n"
		"session delivery relay out unknown mail=1 @10:00:01\n"
		"session delivery mx out none mail=1 @10:00:02\n"
		"session message mx none mail=0 auth=0 @10:00:03\n"
		"session message unknown unknown mail=1 @10:00:04\n"},
	    {"login ends it",
		"10:00:00 h none[1]: shake peer=192.0.2.1 TLSv1.2\n"
		"10:00:01 h none[1]: login user=bob\n"
		"10:00:02 h none[1]: login user=eve\n"
		"10:00:03 h none[1]: login-auth auth=0\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:00\n"
		"session login submission TLSv1.2 auth=1 peer=192.0.2.1 user=bob @10:00:01\n"
		"session login submission none auth=1 user=eve @10:00:02\n"
		"session login mx none mail=0 auth=0 @10:00:03\n"},
	    {"close needs an opening or counters",
		"10:00:00 h none[1]: close\n"
		"10:00:01 h none[1]: open\n"
		"10:00:02 h none[1]: close\n"
		"10:00:03 h none[1]: close\n"
		"10:00:04 h none[1]: close-counts\n"
		"10:00:05 h none[1]: close-starttls\n"
		"10:00:06 h none[1]: open\n"
		"10:00:07 h none[1]: close-starttls starttls=1\n",
		"session connection mx none mail=0 @10:00:02\n"
		"session connection mx none mail=0 auth=0 @10:00:04\n"
		"session connection mx none @10:00:05\n"
		"session connection mx unknown mail=0 @10:00:07\n"},
	    {"marks add up, the line's own counters win",
		"10:00:00 h none[1]: open\n"
		"10:00:01 h none[1]: mail\n"
		"10:00:01 h none[1]: count mail=999999999 auth=0\n"
		"10:00:01 h none[1]: count mail=999999999 auth=0\n"
		"10:00:01 h none[1]: count mail=999999999\n"
		"10:00:02 h none[1]: close\n"
		"10:00:03 h none[1]: open\n"
		"10:00:04 h none[1]: mail\n"
		"10:00:05 h none[1]: close-counts auth=1 mail=0\n"
		"10:00:06 h none[1]: open\n"
		"10:00:07 h none[1]: close-counts auth=1 mail=7\n",
		"session connection mx none mail=1 auth=0 @10:00:02\n"
		"session connection submission none mail=0 auth=1 @10:00:05\n"
		"session connection submission none mail=1 auth=1 @10:00:07\n"},
	    {"service: the line, the session, the ident; AUTH raises mx alone",
		"10:00:00 h none[1]: open imap\n"
		"10:00:01 h none[1]: login\n"
		"10:00:02 h none[1]: shake TLSv1.2\n"
		"10:00:03 h none[1]: login\n"
		"10:00:04 h wrapped[1]: login\n"
		"10:00:05 h wrapped[1]: login mx\n",
		"session login imap none auth=1 @10:00:01\n"
		"handshake connection mx TLSv1.2 @10:00:02\n"
		"session login submission TLSv1.2 auth=1 @10:00:03\n"
		"session login submissions unknown auth=1 @10:00:04\n"
		"session login submission unknown auth=1 @10:00:05\n"},
	    {"an ignored line does nothing",
		"10:00:00 h none[1]: fail-wait peer=192.0.2.1\n"
		"10:00:01 h none[1]: ignore peer=192.0.2.2\n"
		"10:00:02 h none[1]: reason because x\n",
		"failure connection mx peer=192.0.2.1 reason=other raw=x @10:00:00\n"},
	    {"a long text is cut",
		"10:00:00 h none[1]: fail because "
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123more\n",
		"failure connection mx reason=other raw="
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		" @10:00:00\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void test_expiry(void **state)
{
	static const struct script scripts[] = {
	    {"opened, with mail or a login: a fact at the time of the last line",
		"10:00:00 h none[1]: open peer=192.0.2.1\n"
		"10:00:01 h none[1]: mail\n"
		"10:00:02 h none[2]: open peer=192.0.2.2\n"
		"10:00:03 h none[3]: mail peer=192.0.2.3\n"
		"10:00:04 h none[4]: open\n"
		"10:00:05 h none[4]: count auth=1\n"
		"10:20:00 h none[9]: mark\n",
		"session connection mx none mail=1 peer=192.0.2.1 @10:00:01\n"
		"session connection submission none mail=0 auth=1 @10:00:05\n"},
	    {"a line of its own after more than 10 minutes",
		"10:00:00 h none[1]: shake TLSv1.2\n"
		"10:10:00 h none[1]: carry\n"
		"10:20:01 h none[1]: carry\n",
		"handshake connection mx TLSv1.2 @10:00:00\n"
		"session message mx TLSv1.2 mail=1 @10:10:00\n"
		"session message mx none mail=1 @10:20:01\n"},
	    {"the clock of another host is not its own",
		"10:00:00 h none[1]: open\n"
		"10:00:00 h none[1]: mail\n"
		"18:00:00 g none[1]: fail\n"
		"10:10:00 h none[1]: close\n",
		"failure connection mx reason=other @18:00:00\n"
		"session connection mx none mail=1 @10:10:00\n"},
	    {"but a day is too much",
		"Nov 21 10:00:00 h none[1]: open\n"
		"Nov 21 10:00:00 h none[1]: mail\n"
		"Nov 22 10:10:00 g none[1]: fail\n"
		"Nov 22 10:10:01 g none[1]: fail\n",
		"failure connection mx reason=other @10:10:00\n"
		"session connection mx none mail=1 @10:00:00\n"
		"failure connection mx reason=other @10:10:01\n"},
	    {"what a newer log left open keeps nobody waiting",
		"Nov 21 10:00:00 g none[1]: open\n"
		"Nov 21 10:00:00 g none[1]: mail\n"
		"Nov 11 10:00:00 h none[2]: open\n"
		"Nov 11 10:00:01 h none[2]: mail\n"
		"Nov 11 10:20:00 h none[3]: fail\n"
		"Nov 21 10:01:00 g none[1]: close\n",
		"session connection mx none mail=1 @10:00:01\n"
		"failure connection mx reason=other @10:20:00\n"
		"session connection mx none mail=1 @10:01:00\n"},
	    {"open ends what was there",
		"10:00:00 h none[1]: open peer=192.0.2.1\n"
		"10:00:01 h none[1]: mail\n"
		"10:00:02 h none[1]: shake TLSv1.2\n"
		"10:00:03 h none[1]: open\n"
		"10:00:04 h none[1]: close\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:02\n"
		"session connection mx TLSv1.2 mail=1 peer=192.0.2.1 @10:00:02\n"
		"session connection mx none mail=0 @10:00:04\n"},
	    {"the end of the input ends all, the longest silent first",
		"10:00:00 h none[1]: open\n"
		"10:00:01 h none[2]: open\n"
		"10:00:02 h none[2]: mail\n"
		"10:00:03 h none[1]: mail\n"
		"10:00:04 h none[3]: fail-wait\n",
		"session connection mx none mail=1 @10:00:02\n"
		"session connection mx none mail=1 @10:00:03\n"
		"failure connection mx reason=other @10:00:04\n"},
	    {"lines without a time expire by the time of those before",
		"10:00:00 h none[1]: fail\n"
		"Nov 30 10:00:00 h none[2]: open\n"
		"Nov 30 10:00:00 h none[2]: mail\n"
		"10:20:00 h none[1]: fail\n",
		"failure connection mx reason=other @10:00:00\n"
		"session connection mx none mail=1 @10:00:00\n"
		"failure connection mx reason=other @10:20:00\n"},
	};

	(void)state;
	CHECK(scripts);
}

static void open_many(struct parser *p, int from, int to, const char *tail)
{
	_cleanup_buffer_ struct buffer text = {0};

	for (int i = from; i < to; i++)
		buffer_printf(&text,
		    "Nov 23 10:00:00 h none[%d]: open\n"
		    "Nov 23 10:00:00 h none[%d]: mail\n%s",
		    i, i, "");
	buffer_text_add(&text, tail);
	parser_block(p, buffer_slice(&text));
}

/* The one longest without a line goes early, and its facts are as by expiry. */
static void test_bound(void **state)
{
	struct pattern_set *set = toy();
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	open_many(notes.parser, 0, SESSIONS_MAX, "Nov 23 10:00:01 h none[0]: mark\n");
	assert_int_equal(notes.fact_count, 0);
	open_many(
	    notes.parser, SESSIONS_MAX, SESSIONS_MAX + 2, "Nov 23 10:00:02 h none[0]: close\n");
	assert_string_equal(buffer_text(&notes.facts),
	    "session connection mx none mail=1 @10:00:00\n"
	    "session connection mx none mail=1 @10:00:00\n"
	    "session connection mx none mail=1 @10:00:02\n");
	assert_int_equal(parser_evicted(notes.parser), 2);
	buffer_clear(&notes.facts);
	/* A closed session has left its place: nothing goes early for the next. */
	open_many(notes.parser, SESSIONS_MAX + 2, SESSIONS_MAX + 3, "");
	assert_int_equal(notes.facts.n, 0);
	assert_int_equal(parser_evicted(notes.parser), 2);
	notes.fact_count = 0;
	parser_end(notes.parser);
	assert_int_equal(notes.fact_count, SESSIONS_MAX);
	notes_close(&notes);
	pattern_set_free(set);
}

/* Sessions that ended do not push out one that lives. */
static void test_closed_leave(void **state)
{
	struct pattern_set *set = toy();
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	open_many(notes.parser, 0, 1, "");
	for (int i = 1; i < SESSIONS_MAX + 100; i += 64) {
		_cleanup_buffer_ struct buffer text = {0};

		for (int k = i; k < i + 64; k++)
			buffer_printf(&text,
			    "Nov 23 10:00:00 h none[%d]: open\n"
			    "Nov 23 10:00:00 h none[%d]: close\n",
			    k, k);
		parser_block(notes.parser, buffer_slice(&text));
	}
	buffer_clear(&notes.facts);
	run_script(notes.parser, "10:00:03 h none[0]: close\n");
	assert_string_equal(
	    buffer_text(&notes.facts), "session connection mx none mail=1 @10:00:03\n");
	notes_close(&notes);
	pattern_set_free(set);
}

/* Which idents did TLS is forgotten at the end. */
static void test_end_forgets_seen(void **state)
{
	struct pattern_set *set = toy();
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	run_script(notes.parser, "10:00:00 h seen[1]: shake TLSv1.2\n");
	parser_end(notes.parser);
	run_script(notes.parser, "10:00:01 h seen[1]: carry\n");
	assert_string_equal(buffer_text(&notes.facts),
	    "handshake connection mx TLSv1.2 @10:00:00\n"
	    "session message mx unknown mail=1 @10:00:01\n");
	notes_close(&notes);
	pattern_set_free(set);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_peers),
	    cmocka_unit_test(test_handshakes),
	    cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_waiting_for_peer),
	    cmocka_unit_test(test_items),
	    cmocka_unit_test(test_protocol),
	    cmocka_unit_test(test_sessions),
	    cmocka_unit_test(test_expiry),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_closed_leave),
	    cmocka_unit_test(test_end_forgets_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
