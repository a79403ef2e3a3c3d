/* SPDX-License-Identifier: ISC */
#include "parse/header.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

#define LOG_TIME INT64_C(1795500000) /* 2026-11-24 06:00:00 UTC */
#define AT 1795428111		     /* 2026-11-23 10:01:51 UTC */
#define HOUR 3600
#define NO_TIME INT64_MIN
#define BAD_TIME (INT64_MIN + 1)

/* NULL is "not told"; NULL for the message: the line has no such header. */
struct row {
	const char *line;
	int64_t time;
	const char *host, *ident, *pid, *message;
};

static void check_slice(const char *line, const char *name, struct slice seen, const char *wanted)
{
	if (wanted ? seen.p == NULL || !slice_is(seen, wanted) : seen.p != NULL)
		fail_msg("%s\n  %s is '%.*s' and not '%s'", line, name, SLICE_FMT(seen),
		    wanted ? wanted : "none");
}

static void check(enum header_kind kind, struct clock *clock, const struct row *row)
{
	struct header h = {.time = 42};
	/* Ends where the line ends, so that a sanitizer sees a step too far. */
	size_t n = strlen(row->line);
	char *exact = malloc(n ? n : 1);
	bool taken;

	memcpy(exact, row->line, n);
	taken = header_parse(kind, clock, (struct slice){exact, n}, &h);
	if (taken != (row->message != NULL))
		fail_msg("%s\n  is %s", row->line, taken ? "taken" : "not taken");
	if (taken) {
		if (h.time != (row->time == BAD_TIME ? TIME_UNKNOWN : row->time))
			fail_msg("%s\n  time is %lld", row->line, (long long)h.time);
		assert_int_equal(h.bad_time, row->time == BAD_TIME);
		check_slice(row->line, "host", h.host, row->host);
		check_slice(row->line, "ident", h.ident, row->ident);
		check_slice(row->line, "pid", h.pid, row->pid);
		check_slice(row->line, "message", h.message, row->message);
	} else {
		assert_int_equal(h.time, 42);
	}
	free(exact);
}

/* UTC, each row on a fresh clock and once more on a warm one. */
static void check_rows(enum header_kind kind, const struct row *rows, size_t count)
{
	struct clock warm;

	clock_init(&warm, NULL, LOG_TIME, 0);
	for (size_t i = 0; i < count; i++) {
		struct clock fresh;

		clock_init(&fresh, NULL, LOG_TIME, 0);
		check(kind, &fresh, &rows[i]);
		check(kind, &warm, &rows[i]);
		check(kind, &warm, &rows[i]);
	}
}
#define CHECK_ROWS(kind, rows) check_rows(kind, rows, ARRAY_SIZE(rows))

static void test_syslog(void **state)
{
	static const struct row rows[] = {
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[301]: connect from a", AT, "mx1", "postfix/smtpd",
		"301", "connect from a"},
	    {"Nov  3 10:01:51 mx1 postfix/submission/smtpd[301]: x", AT - 20 * 24 * HOUR, "mx1",
		"postfix/submission/smtpd", "301", "x"},
	    {"Nov 03 10:01:51 mx1 mta-in/smtpd[301]: x", AT - 20 * 24 * HOUR, "mx1", "mta-in/smtpd",
		"301", "x"},
	    {"Nov 23 10:01:51.149621 mx1 postfix.in/smtp[3]: x", AT, "mx1", "postfix.in/smtp", "3",
		"x"},
	    {"2026-11-23T10:01:51.149621+00:00 mx1 postfix/smtp[1]: x", AT, "mx1", "postfix/smtp",
		"1", "x"},
	    {"2026-11-23T10:01:51+0100 mx1 cyrus/imap[9]: starttls: x", AT - HOUR, "mx1",
		"cyrus/imap", "9", "starttls: x"},
	    {"2026-11-23T10:01:51Z mx1 sm-mta[4002]: STARTTLS=server", AT, "mx1", "sm-mta", "4002",
		"STARTTLS=server"},
	    {"2026 Nov 23 10:01:51 mx1 smtpd[501]: x", AT, "mx1", "smtpd", "501", "x"},
	    {"Nov 23 10:01:51 mx1 imapd-ssl: LOGIN, user=b", AT, "mx1", "imapd-ssl", NULL,
		"LOGIN, user=b"},
	    {"Mon 2026-11-23 10:01:51 UTC mx1 postfix/smtpd[3]: x", AT, "mx1", "postfix/smtpd", "3",
		"x"},
	    {"Mon 2026-11-23 10:01:51 UTC mx1 postfix@-.service[3]: x", AT, "mx1",
		"postfix@-.service", "3", "x"},
	    {"1795428111.149621 mx1 postfix/smtpd[3]: x", AT, "mx1", "postfix/smtpd", "3", "x"},
	    {"[12345.678901] mx1 postfix/smtpd[309]: x", NO_TIME, "mx1", "postfix/smtpd", "309",
		"x"},
	    {"[    5.000001] mx1 postfix/smtpd[309]: x", NO_TIME, "mx1", "postfix/smtpd", "309",
		"x"},
	    /* months of other languages */
	    {"nov. 23 10:01:51 mx1 postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd", "301", "x"},
	    {"nov 23 10:01:51 mx1 postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd", "301", "x"},
	    {"lis 23 10:01:51 mx1 postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd", "301", "x"},
	    {"Okt 23 10:01:51 mx1 postfix/smtpd[301]: x", AT - 31 * 24 * HOUR, "mx1",
		"postfix/smtpd", "301", "x"},
	    {"Mär 23 10:01:51 mx1 postfix/smtpd[301]: x", AT - 245 * 24 * HOUR, "mx1",
		"postfix/smtpd", "301", "x"},
	    /* no host */
	    {"<22>Nov 23 10:01:51 postfix/smtpd[301]: x", AT, NULL, "postfix/smtpd", "301", "x"},
	    {"Nov 23 10:01:51 postfix/smtpd: x y: z", AT, NULL, "postfix/smtpd", NULL, "x y: z"},
	    {"Nov 23 10:01:51  postfix/smtpd[301]: x", AT, NULL, "postfix/smtpd", "301", "x"},
	    /* hosts */
	    {"Nov 23 10:01:51 2001:db8::10 postfix/smtpd[312]: x", AT, "2001:db8::10",
		"postfix/smtpd", "312", "x"},
	    {"Nov 23 10:01:51 2001:db8:: postfix/smtpd[312]: x", AT, "2001:db8::", "postfix/smtpd",
		"312", "x"},
	    {"2026-11-23T10:01:51Z fe80::1%eth0 postfix/smtpd[312]: x", AT, "fe80::1%eth0",
		"postfix/smtpd", "312", "x"},
	    {"Nov 23 10:01:51 192.0.2.1 postfix/smtpd[312]: x", AT, "192.0.2.1", "postfix/smtpd",
		"312", "x"},
	    /* what stands around it */
	    {"<22>Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd", "301",
		"x"},
	    {"mail_1  | Nov 23 10:01:51 mail postfix/smtpd[3]: x", AT, "mail", "postfix/smtpd", "3",
		"x"},
	    /* A number that is no stamp: nobody's time, and nobody's host. */
	    {"1669254715  | Nov 23 10:01:51 mail postfix/smtpd[3]: x", AT, "mail", "postfix/smtpd",
		"3", "x"},
	    {"1669254715 | [ 1.25] mail postfix/smtpd[3]: x", TIME_UNKNOWN, "mail", "postfix/smtpd",
		"3", "x"},
	    {"a-mail.x-1 | 2026-11-23T10:01:51Z mail postfix/smtpd[3]: x", AT, "mail",
		"postfix/smtpd", "3", "x"},
	    {"Nov 23 10:01:51 mx1 sendmail[7]: [ID 197553 mail.info] abc: x", AT, "mx1", "sendmail",
		"7", "abc: x"},
	    {"Nov 23 10:01:51 mx1 sendmail[7]: [ID 1] x", AT, "mx1", "sendmail", "7", "[ID 1] x"},
	    /* the priority in words: BusyBox, s6 with and without a stamp of its own, FreeBSD */
	    {"Nov 23 10:01:51 mx1 mail.info postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd",
		"301", "x"},
	    {"mail.info: Nov 23 10:01:51 postfix/smtpd[301]: x", AT, NULL, "postfix/smtpd", "301",
		"x"},
	    {"2026-11-23 10:01:51.685309102  mail.info: Nov 23 10:01:51 postfix/smtpd[301]: x", AT,
		NULL, "postfix/smtpd", "301", "x"},
	    {"Nov 23 10:01:51 <mail.info> mx1 postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd",
		"301", "x"},
	    {"Nov 23 10:01:51 mx1 <mail.info> postfix/smtpd[301]: x", AT, "mx1", "postfix/smtpd",
		"301", "x"},
	    {"Nov 23 10:01:51 <mail.info> postfix/smtpd[301]: x", AT, NULL, "postfix/smtpd", "301",
		"x"},
	    /* a host that is named like one, and a level instead of a host */
	    {"Nov 23 10:01:51 mail.info postfix/smtpd[301]: x", AT, "mail.info", "postfix/smtpd",
		"301", "x"},
	    {"2026-11-23T10:01:51.171270+00:00 INFO    postfix/smtp[138]: x", AT, NULL,
		"postfix/smtp", "138", "x"},
	    {"2026-11-23T10:01:51+00:00 WARNING postfix/smtp[138]: x", AT, NULL, "postfix/smtp",
		"138", "x"},
	    /* the first colon that is right ends the ident */
	    {"Nov 23 10:01:51 mx1 sshd[9]: a mx9 postfix/smtpd[1]: b", AT, "mx1", "sshd", "9",
		"a mx9 postfix/smtpd[1]: b"},
	    {"Nov 23 10:01:51 mx1 sshd[9]: Nov 23 10:01:52 mx2 postfix/smtpd[1]: b", AT, "mx1",
		"sshd", "9", "Nov 23 10:01:52 mx2 postfix/smtpd[1]: b"},
	    {"Nov 23 10:01:51 sshd: mx9 postfix/smtpd[1]: b", AT, NULL, "sshd", NULL,
		"mx9 postfix/smtpd[1]: b"},
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[301]:", AT, "mx1", "postfix/smtpd", "301", ""},
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[301]:  x ", AT, "mx1", "postfix/smtpd", "301",
		" x "},
	    {"Nov 23 10:01:51 mx1 a[b][301]: x", AT, "mx1", "a[b]", "301", "x"},
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[]: x", AT, "mx1", "postfix/smtpd", NULL, "x"},
	    /* stamps that cannot be true */
	    {"Feb 30 10:01:51 mx1 postfix/smtpd[301]: x", BAD_TIME, "mx1", "postfix/smtpd", "301",
		"x"},
	    {"2027-11-23T10:01:51Z mx1 postfix/smtpd[301]: x", BAD_TIME, "mx1", "postfix/smtpd",
		"301", "x"},
	    /* none */
	    {"", 0, NULL, NULL, NULL, NULL},
	    {"postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 ", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 ", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 last message repeated 3 times", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 too many words: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 : x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 [301]: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 301]: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[301]:x", 0, NULL, NULL, NULL, NULL},
	    {"x Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"<>Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"<1234>Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"| Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"a b | Nov 23 10:01:51 mx1 postfix/smtpd[301]: x", 0, NULL, NULL, NULL, NULL},
	    {"[12345] mx1 postfix/smtpd[309]: x", 0, NULL, NULL, NULL, NULL},
	    {"[12345.] mx1 postfix/smtpd[309]: x", 0, NULL, NULL, NULL, NULL},
	    {"[12345.5]", 0, NULL, NULL, NULL, NULL},
	    {"-- Logs begin at Mon 2026-11-23 --", 0, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK_ROWS(HEADER_SYSLOG, rows);
}

static void test_rfc5424(void **state)
{
	static const struct row rows[] = {
	    {"<22>1 2026-11-23T10:01:51.149Z mx1 postfix/smtpd 302 - - connect from a", AT, "mx1",
		"postfix/smtpd", "302", "connect from a"},
	    {"<22>1 2026-11-23T11:01:51+01:00 mx1 postfix/smtpd - M1 - x", AT, "mx1",
		"postfix/smtpd", NULL, "x"},
	    {"<22>1 2026-11-23T10:01:51Z - postfix/smtpd 302 - -  x", AT, NULL, "postfix/smtpd",
		"302", "x"},
	    {"<22>1 - mx1 postfix/smtpd 302 - - x", NO_TIME, "mx1", "postfix/smtpd", "302", "x"},
	    {"<22>1 2026-11-23T10:01:51Z mx1 postfix/smtpd 302 - [a@1 k=\"v\"] x", AT, "mx1",
		"postfix/smtpd", "302", "x"},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - [a k=\"] - \\\" ] x\" l=\"\\\\\"][b] x", AT,
		"mx1", "p", "302", "x"},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - [a] \xEF\xBB\xBFx", AT, "mx1", "p", "302",
		"x"},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - -", AT, "mx1", "p", "302", ""},
	    {"a_1 | <22>1 2026-11-23T10:01:51Z mx1 p 302 - - x", AT, "mx1", "p", "302", "x"},
	    {"<22>1 2099-11-23T10:01:51Z mx1 p 302 - - x", BAD_TIME, "mx1", "p", "302", "x"},
	    {"<22>1 2026-11-23T10:01:51Z mx1 - 302 - - x", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - x", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - [a k=\"] x", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302 - [a]x", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 2026-11-23T10:01:51Z mx1 p 302", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 2026-11-23T10:01:51Z", 0, NULL, NULL, NULL, NULL},
	    {"<22>1 ", 0, NULL, NULL, NULL, NULL},
	    {"<22>2 2026-11-23T10:01:51Z mx1 p 302 - - x", 0, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK_ROWS(HEADER_SYSLOG, rows);
}

static void test_exim(void **state)
{
	static const struct row rows[] = {
	    {"2026-11-23 10:01:51 1xVft9-00037Z-2k <= a@example.com", AT, NULL, "exim", NULL,
		"1xVft9-00037Z-2k <= a@example.com"},
	    {"2026-11-23 10:01:51.792 [12127] 1xVftN-00039b-0z <= a", AT, NULL, "exim", "12127",
		"1xVftN-00039b-0z <= a"},
	    {"2026-11-23 11:01:51 +0100 1smkL5-00000000e65-24eQ => b", AT, NULL, "exim", NULL,
		"1smkL5-00000000e65-24eQ => b"},
	    {"2026-11-23 11:01:51.001 +0100 [1] TLS error on connection", AT, NULL, "exim", "1",
		"TLS error on connection"},
	    {"2026-11-23 10:01:51 [192.0.2.1] x", AT, NULL, "exim", NULL, "[192.0.2.1] x"},
	    {"2026-11-23 10:01:51 [12]x", AT, NULL, "exim", NULL, "[12]x"},
	    {"exim_1 | 2026-11-23 10:01:51 x <= a", AT, NULL, "exim", NULL, "x <= a"},
	    {"2026-02-30 10:01:51 x <= a", BAD_TIME, NULL, "exim", NULL, "x <= a"},
	    /* inside syslog */
	    {"Nov 23 10:01:51 mx exim[2212]: 1vPhRy-00 <= j", AT, "mx", "exim", "2212",
		"1vPhRy-00 <= j"},
	    {"Nov 23 10:01:51 mx exim4[2212]: 2026-11-23 10:01:50 1vPhRy-00 <= j", AT, "mx", "exim",
		"2212", "1vPhRy-00 <= j"},
	    {"2026-11-23T10:01:51+00:00 mx exim: [1/2] 2026-11-23 10:01:51 a <= j", AT, "mx",
		"exim", NULL, "a <= j"},
	    {"Nov 23 10:01:51 mx exim[2212]: [1\\3] 2026-11-23 10:01:51 [77] a <= j", AT, "mx",
		"exim", "77", "a <= j"},
	    {"Nov 23 10:01:51 mx exim[2212]: [2/3] X=TLS1.3 <= j", AT, "mx", "exim", "2212",
		"X=TLS1.3 <= j"},
	    {"<22>Nov 23 10:01:51 exim6[1]: [13/14] a <= j", AT, NULL, "exim", "1", "a <= j"},
	    {"<22>1 2026-11-23T10:01:51Z mx exim 9 - - 2026-11-23 10:01:51 a <= j", AT, "mx",
		"exim", "9", "a <= j"},
	    /* a zone makes its own stamp the better one, and any is better than none */
	    {"Nov 23 12:34:56 mx exim[2]: 2026-11-23 11:01:51 +0100 a <= j", AT, "mx", "exim", "2",
		"a <= j"},
	    {"[123.456789] mx exim[2]: 2026-11-23 10:01:51 a <= j", AT, "mx", "exim", "2",
		"a <= j"},
	    {"Nov 23 10:01:51 mx exim[2]: 2026-02-30 11:01:51 +0100 a <= j", AT, "mx", "exim", "2",
		"a <= j"},
	    /* marks that are none */
	    {"Nov 23 10:01:51 mx exim[2]: [1/] a", AT, "mx", "exim", "2", "[1/] a"},
	    {"Nov 23 10:01:51 mx exim[2]: [/2] a", AT, "mx", "exim", "2", "[/2] a"},
	    {"Nov 23 10:01:51 mx exim[2]: [1/2]", AT, "mx", "exim", "2", "[1/2]"},
	    {"Nov 23 10:01:51 mx exim[2]: [1", AT, "mx", "exim", "2", "[1"},
	    /* others */
	    {"Nov 23 10:01:51 mx exim-relay[2]: a <= j", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx exim42[2]: a <= j", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx exi[2]: a <= j", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx sshd[2]: 2026-11-23 10:01:51 a <= j", 0, NULL, NULL, NULL, NULL},
	    {"P Received: from mail.example.com (X=TLS1.3)", 0, NULL, NULL, NULL, NULL},
	    {"2026-11-23 10:01:51", 0, NULL, NULL, NULL, NULL},
	    {"2026-11-23 10:01", 0, NULL, NULL, NULL, NULL},
	    {"", 0, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK_ROWS(HEADER_EXIM, rows);
}

static void test_dovecot(void **state)
{
	static const struct row rows[] = {
	    /* its own file */
	    {"Nov 23 10:01:51 imap-login: Info: Login: user=<bob>", AT, NULL, "imap-login", NULL,
		"Login: user=<bob>"},
	    {"2026-11-23 10:01:51 pop3-login: Info: Login: user=<bob>", AT, NULL, "pop3-login",
		NULL, "Login: user=<bob>"},
	    {"Nov 23 10:01:51 imap(bob)<14315><5TUzJPxg/NV/AAAB>: Info: Disconnected: x", AT, NULL,
		"imap", NULL, "Disconnected: x"},
	    {"Nov 23 10:01:51 imap(a b: c) d)<1><s>: Info: Disconnected", AT, NULL, "imap", NULL,
		"Disconnected"},
	    {"Nov 23 10:01:51 lmtp(123): Info: Connect from local", AT, NULL, "lmtp", NULL,
		"Connect from local"},
	    {"Nov 23 10:01:51 auth-worker: Error: x: Info: y", AT, NULL, "auth-worker", NULL,
		"x: Info: y"},
	    {"Nov 23 10:01:51 imap-login: Fatal: x", AT, NULL, "imap-login", NULL, "x"},
	    {"Nov 23 10:01:51 imap-login: Panic: x", AT, NULL, "imap-login", NULL, "x"},
	    {"Nov 23 10:01:51 imap-login: Warning: Debug: x", AT, NULL, "imap-login", NULL,
		"Debug: x"},
	    {"Nov 23 10:01:51 imap-login:", AT, NULL, "imap-login", NULL, ""},
	    {"dovecot-1  | Nov 23 10:01:51 imap-login: Info: Login: x", AT, NULL, "imap-login",
		NULL, "Login: x"},
	    {"Feb 31 10:01:51 imap-login: Info: Login: x", BAD_TIME, NULL, "imap-login", NULL,
		"Login: x"},
	    /* inside syslog */
	    {"Nov 23 10:01:51 mx dovecot: imap-login: Login: user=<bob>", AT, "mx", "imap-login",
		NULL, "Login: user=<bob>"},
	    {"2026-11-23T10:01:51+00:00 mx dovecot[33]: imap-login: Logged in: x", AT, "mx",
		"imap-login", NULL, "Logged in: x"},
	    {"Nov 23 10:01:51 mx dovecot: auth: Debug: client in: AUTH", AT, "mx", "auth", NULL,
		"client in: AUTH"},
	    {"Nov 23 10:01:51 mx dovecot: imap(bob)<1><s>: Logged out", AT, "mx", "imap", NULL,
		"Logged out"},
	    {"<22>Nov 23 10:01:51 dovecot: imap-login: Login: x", AT, NULL, "imap-login", NULL,
		"Login: x"},
	    {"<22>Nov 23 10:01:51 dovecot[7]: imap-login: Login: x", AT, NULL, "imap-login", NULL,
		"Login: x"},
	    {"Nov 23 10:01:51 mx /usr/sbin/dovecot[7]: imap-login: Login: x", AT, "mx",
		"imap-login", NULL, "Login: x"},
	    {"mail_1 | Nov 23 10:01:51 mx dovecot: imap-login: Login: x", AT, "mx", "imap-login",
		NULL, "Login: x"},
	    {"<22>1 2026-11-23T10:01:51Z mx dovecot 7 - - imap-login: Login: x", AT, "mx",
		"imap-login", NULL, "Login: x"},
	    /* what a name holds is the name's */
	    {"Nov 23 10:01:51 mx dovecot: imap-login: Login: user=<dovecot: imap-login: x>", AT,
		"mx", "imap-login", NULL, "Login: user=<dovecot: imap-login: x>"},
	    /* others */
	    {"Nov 23 10:01:51 mx cyrus/imap[9]: imap-login: Login: x", 0, NULL, NULL, NULL, NULL},
	    {"<22>Nov 23 10:01:51 imap[9]: login: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx dovecot-lda: imap-login: x", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx dovecot: no process here", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx dovecot:", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 imap(bob)<1<2", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 imap(bob)", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 imap(bob", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 imap(", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 imap:x", 0, NULL, NULL, NULL, NULL},
	    {"imap-login: Info: Login: x", 0, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK_ROWS(HEADER_DOVECOT, rows);
}

static void test_esa(void **state)
{
	static const struct row rows[] = {
	    {"Mon Nov 23 10:01:51 2026 Info: ICID 1 TLS success", AT, NULL, "esa", NULL,
		"ICID 1 TLS success"},
	    {"Tue Nov  3 10:01:51 2026 Warning: x", AT - 20 * 24 * HOUR, NULL, "esa", NULL, "x"},
	    {"Mon Nov 23 10:01:51 2026 Info: MID 1 Subject 'Info: ICID 5'", AT, NULL, "esa", NULL,
		"MID 1 Subject 'Info: ICID 5'"},
	    {"Mon Nov 23 10:01:51 2026 Info: Critical: x", AT, NULL, "esa", NULL, "Critical: x"},
	    {"Mon Feb 30 10:01:51 2026 Info: x", BAD_TIME, NULL, "esa", NULL, "x"},
	    /* inside syslog */
	    {"<22>Nov 23 10:01:51 esa1 mail_logs: Info: ICID 1 x", AT, "esa1", "mail_logs", NULL,
		"ICID 1 x"},
	    {"<166>Nov 23 10:01:51 mail_logs: Info: ICID 1 x", AT, NULL, "mail_logs", NULL,
		"ICID 1 x"},
	    {"2026-11-23T11:01:51+01:00 esa2 CES_Audit: Info: x", AT, "esa2", "CES_Audit", NULL,
		"x"},
	    {"Nov 23 10:01:51 esa1 gui_logs: Warning: SSL error", AT, "esa1", "gui_logs", NULL,
		"SSL error"},
	    {"<166>Nov 23 10:01:51 consolidated_event: CEF:0|Cisco|C300V|x", AT, NULL,
		"consolidated_event", NULL, "CEF:0|Cisco|C300V|x"},
	    /* its own stamp knows the year; it has no zone */
	    {"Nov 24 10:20:11 esa2 mail_logs: Mon Nov 23 10:01:51 2026 Info: x", AT, "esa2",
		"mail_logs", NULL, "x"},
	    {"Nov 23 10:20:11 esa2 mail_logs: Sun Nov 23 10:01:51 2014 Info: x", 1416736911, "esa2",
		"mail_logs", NULL, "x"},
	    {"2026-11-23T11:01:51+01:00 esa2 mail_logs: Mon Nov 23 10:20:11 2026 Info: x", AT,
		"esa2", "mail_logs", NULL, "x"},
	    /* others */
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[1]: ICID 1 TLS success", 0, NULL, NULL, NULL, NULL},
	    {"Nov 23 10:01:51 mx1 sshd[1]: x Info: ICID 1 TLS success", 0, NULL, NULL, NULL, NULL},
	    {"Mon Nov 23 10:01:51 2026 ICID 1", 0, NULL, NULL, NULL, NULL},
	    {"Mon Nov 23 10:01:51 2026", 0, NULL, NULL, NULL, NULL},
	    {"Mon Nov 23 10:01:51 2026 ", 0, NULL, NULL, NULL, NULL},
	    {"Info: ICID 1", 0, NULL, NULL, NULL, NULL},
	};

	(void)state;
	CHECK_ROWS(HEADER_ESA, rows);
}

static void test_exchange_and_plain(void **state)
{
	static const struct row exchange[] = {
	    {"2026-11-23T10:01:51.042Z,EX01\\Default Frontend,08DE,6", AT, NULL, "exchange", NULL,
		"EX01\\Default Frontend,08DE,6"},
	    {"\xEF\xBB\xBF"
	     "2026-11-23T10:01:51Z,\xE6\x8E\xA5,08DE",
		AT, NULL, "exchange", NULL, "\xE6\x8E\xA5,08DE"},
	    {"2026-11-23T10:01:51.042,EX01", AT, NULL, "exchange", NULL, "EX01"},
	    {"2026-11-23T10:01:51Z,", AT, NULL, "exchange", NULL, ""},
	    {"2029-11-23T10:01:51Z,a", BAD_TIME, NULL, "exchange", NULL, "a"},
	    {"#Fields: date-time,connector-id,session-id", 0, NULL, NULL, NULL, NULL},
	    {"\xEF\xBB\xBF#Software: Microsoft Exchange Server", 0, NULL, NULL, NULL, NULL},
	    {"date-time,connector-id", 0, NULL, NULL, NULL, NULL},
	    {"2026-11-23T10:01:51Z", 0, NULL, NULL, NULL, NULL},
	    {"2026-11-23T10:01:51Z;x", 0, NULL, NULL, NULL, NULL},
	    {"\xEF\xBB", 0, NULL, NULL, NULL, NULL},
	};
	static const struct row plain[] = {
	    {"x", NO_TIME, NULL, NULL, NULL, "x"},
	    {"", NO_TIME, NULL, NULL, NULL, ""},
	    /* what syslog says beside it, for an MTA that it names */
	    {"Nov 23 10:01:51 mx1 postfix/smtpd[1]: x", AT, "mx1", "postfix/smtpd", "1",
		"Nov 23 10:01:51 mx1 postfix/smtpd[1]: x"},
	};

	(void)state;
	CHECK_ROWS(HEADER_EXCHANGE, exchange);
	CHECK_ROWS(HEADER_PLAIN, plain);
}

/* A zone for stamps without one; Exchange's are UTC even so. */
static void test_zone(void **state)
{
	static const struct {
		enum header_kind kind;
		struct row row;
	} rows[] = {
	    {HEADER_SYSLOG, {"Nov 23 10:01:51 mx1 p[1]: x", AT - HOUR, "mx1", "p", "1", "x"}},
	    {HEADER_EXIM, {"2026-11-23 10:01:51 x", AT - HOUR, NULL, "exim", NULL, "x"}},
	    {HEADER_EXIM, {"2026-11-23 10:01:51 +0000 x", AT, NULL, "exim", NULL, "x"}},
	    {HEADER_ESA, {"Mon Nov 23 10:01:51 2026 Info: x", AT - HOUR, NULL, "esa", NULL, "x"}},
	    {HEADER_EXCHANGE, {"2026-11-23T10:01:51,x", AT, NULL, "exchange", NULL, "x"}},
	};
	_cleanup_zone_ struct zone *berlin = NULL;
	struct diag d = {0};
	struct clock clock;

	(void)state;
	assert_int_equal(zone_open("Europe/Berlin", &berlin, &d), 0);
	clock_init(&clock, berlin, LOG_TIME, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(rows[i].kind, &clock, &rows[i].row);
}

/* 255 bytes is the longest host name there is. */
static void test_long_host(void **state)
{
	char line[512], host[257];
	struct clock clock;

	(void)state;
	clock_init(&clock, NULL, LOG_TIME, 0);
	for (size_t n = 255; n <= 256; n++) {
		struct row row = {line, AT, host, "p", "1", n == 255 ? "x" : NULL};

		memset(host, 'h', n);
		host[n] = '\0';
		snprintf(line, sizeof(line), "Nov 23 10:01:51 %s p[1]: x", host);
		check(HEADER_SYSLOG, &clock, &row);
	}
}

/* Long lines and words, and every byte, at the end of their memory. */
static void test_any_bytes(void **state)
{
	static const char *const starts[] = {"", "Nov 23 10:01:51 ", "Nov 23 10:01:51 mx1 ",
	    "Nov 23 10:01:51 mx1 dovecot: imap(", "Nov 23 10:01:51 imap(bob)<", "<22>1 ",
	    "<22>1 2026-11-23T10:01:51Z mx1 p 1 - [", "2026-11-23 10:01:51 [",
	    "2026-11-23T10:01:51.", "Mon Nov 23 10:01:51 2026 ", "[1", "a  "};
	static const char fills[] = " :[]()<>\"\\0a-|.\n\0\xFF";
	const size_t n = 65536;
	char *line = malloc(n);
	struct clock clock;
	struct header h;

	(void)state;
	clock_init(&clock, NULL, LOG_TIME, 0);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		size_t start = strlen(starts[i]);

		for (size_t f = 0; f < sizeof(fills); f++) {
			memset(line, fills[f], n);
			memcpy(line, starts[i], start);
			for (int kind = 0; kind < HEADER_KIND_MAX; kind++) {
				struct slice s = {line, n};

				if (!header_parse(kind, &clock, s, &h))
					continue;
				assert_true(h.message.p >= line && h.message.n <= n);
				assert_ptr_equal(h.message.p + h.message.n, line + n);
				assert_true(kind == HEADER_PLAIN || h.ident.n > 0);
				assert_true(
				    memchr(h.ident.p ? h.ident.p : "", ' ', h.ident.n) == NULL);
			}
		}
	}
	free(line);
}

static void test_kind_names(void **state)
{
	(void)state;
	for (int kind = 0; kind < HEADER_KIND_MAX; kind++)
		assert_int_equal(header_kind_from(slice_of(header_kind_name(kind))), kind);
	assert_int_equal(header_kind_from(SLICE("esa")), HEADER_ESA);
	assert_int_equal(header_kind_from(SLICE("sys")), -EINVAL);
	assert_int_equal(header_kind_from(SLICE_NONE), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_syslog),
	    cmocka_unit_test(test_rfc5424),
	    cmocka_unit_test(test_exim),
	    cmocka_unit_test(test_dovecot),
	    cmocka_unit_test(test_esa),
	    cmocka_unit_test(test_exchange_and_plain),
	    cmocka_unit_test(test_zone),
	    cmocka_unit_test(test_long_host),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_kind_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
