/* SPDX-License-Identifier: ISC */
#include "parse/typical.h"

static const char typical[] =
    "2026-11-23T10:01:51.149621+00:00 mx1 postfix/smtpd[21035]: connect from "
    "mail.example.com[203.0.113.9]\n"
    "Nov 23 10:01:51 mx1 postfix/smtpd[21035]: 4YxW7z3Q8fzK1: "
    "client=mail.example.com[203.0.113.9]\n"
    "Nov 23 10:01:51 mx1 postfix/cleanup[21040]: 4YxW7z3Q8fzK1: message-id=<20261123100151."
    "3fa9c0@mail.example.com>\n"
    "Nov 23 10:01:52 mx1 postfix/qmgr[2101]: 8F3A21C0DF: from=<alice.smith@example.org>, "
    "size=48213, "
    "nrcpt=1 (queue active)\n"
    "Nov 23 10:01:52 mx1 postfix/smtp[22002]: 8F3A21C0DF: to=<bob@example.net>, orig_to=<info>, "
    "relay=mx2.example.net[198.51.100.26]:25, conn_use=2, delay=0.31, delays=0.01/0/0.2/0.1, "
    "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 7D21B40AC9)\n"
    "Nov 23 10:01:53 mx1 postfix/qmgr[2101]: 8F3A21C0DF: removed\n"
    "Nov 23 10:01:53 mx1 postfix/smtpd[21035]: disconnect from mail.example.com[203.0.113.9] "
    "ehlo=2 "
    "starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7\n"
    "Nov 23 10:01:54 mx1 postfix/smtpd[21036]: lost connection after CONNECT from "
    "unknown[192.0.2.7]\n"
    "Nov 23 10:01:54 mx1 postfix/anvil[21042]: statistics: max connection rate 3/60s for "
    "(smtp:192.0.2.25) at Nov 23 09:58:31\n"
    "Nov 23 10:01:54 mx1 postfix/smtpd[21036]: warning: hostname static.example.com does not "
    "resolve to "
    "address 192.0.2.7: Name or service not known\n"
    "Nov 23 10:01:55 mx1 dovecot: imap-login: Login: user=<carol@example.org>, method=PLAIN, "
    "rip=192.0.2.100, lip=198.51.100.3, mpid=4711, session=<0LNmqi/yDgBjCwsL>\n"
    "Nov 23 10:01:56 mx1 dovecot: imap(carol@example.org)<4711><0LNmqi>: Disconnected: Logged out "
    "in=571 out=8904 deleted=0 expunged=0 trashed=0 hdr_count=3 body_count=1 body_bytes=2048\n"
    "Nov 23 10:01:57 mx1 dovecot: lmtp(bob@example.net)<812><x>: sieve: msgid=<a1@example.com>: "
    "stored "
    "mail into mailbox 'INBOX'\n"
    "2026-11-24 02:03:05 1xVfs9-0002m9-1Q <= alice@example.com H=client.example.com [192.0.2.30] "
    "P=esmtp "
    "S=459 id=2026@client.example.com\n"
    "2026-11-24 02:03:06 1xVfs9-0002m9-1Q => c@example.org R=dnslookup T=remote_smtp "
    "H=mx.example.org "
    "[198.51.100.30] C=\"250 2.0.0 Ok: queued as 4W1k6v0P0Rz3\"\n"
    "2026-11-24 02:03:06 1xVfs9-0002m9-1Q Completed\n"
    "Mon Nov 23 10:01:28 2026 Info: MID 88001 ICID 710001 From: <ann@example.org>\n"
    "Mon Nov 23 10:01:41 2026 Info: MID 88001 queued for delivery\n"
    "Nov 23 10:02:01 mx1 systemd[1]: Started session 412 of user root.\n"
    "Nov 23 10:02:01 mx1 CRON[991]: pam_unix(cron:session): session opened for user root\n";

void typical_count(struct typical *ret)
{
	const unsigned char *p = (const unsigned char *)typical;

	*ret = (struct typical){.bytes = sizeof(typical) - 1};
	for (size_t i = 0; i < ret->bytes; i++)
		ret->single[p[i]]++;
	for (size_t i = 0; i + 1 < ret->bytes; i++)
		ret->pair[p[i]][p[i + 1]]++;
	for (size_t i = 0; i + WINDOW <= ret->bytes; i++)
		ret->window[window_hash(typical + i)]++;
}
