/* SPDX-License-Identifier: ISC */
#include "tls/protocol.h"

#include "base/macros.h"
#include <stdbool.h>

/* The longest spelling seen is half as long; whatever is longer is no protocol. */
#define SPELLING_MAX 48

static const char *const names[PROTOCOL_MAX] = {
    [PROTOCOL_UNKNOWN] = "unknown",
    [PROTOCOL_NONE] = "none",
    [PROTOCOL_SSLV2] = "SSLv2",
    [PROTOCOL_SSLV3] = "SSLv3",
    [PROTOCOL_AMBIGUOUS] = "TLSv1/SSLv3",
    [PROTOCOL_TLSV1_0] = "TLSv1.0",
    [PROTOCOL_TLSV1_1] = "TLSv1.1",
    [PROTOCOL_TLSV1_2] = "TLSv1.2",
    [PROTOCOL_TLSV1_3] = "TLSv1.3",
};

/* As plain() and join_family() leave them: upper case, `_` written `.`, and nothing between the
 * family and its number. */
static const struct {
	const char *spelling;
	enum protocol protocol;
} spellings[] = {
    {"SSL2", PROTOCOL_SSLV2},
    {"SSL2.0", PROTOCOL_SSLV2},
    {"SSL3", PROTOCOL_SSLV3},
    {"SSL3.0", PROTOCOL_SSLV3},
    {"TLS1", PROTOCOL_TLSV1_0},
    {"TLS1.0", PROTOCOL_TLSV1_0},
    {"TLS1.1", PROTOCOL_TLSV1_1},
    {"TLS1.2", PROTOCOL_TLSV1_2},
    {"TLS1.3", PROTOCOL_TLSV1_3},
    {"TLS1/SSLV3", PROTOCOL_AMBIGUOUS},
    /* A bare number is TLS's: SSL's own numbers were never logged without its name. */
    {"1.0", PROTOCOL_TLSV1_0},
    {"1.1", PROTOCOL_TLSV1_1},
    {"1.2", PROTOCOL_TLSV1_2},
    {"1.3", PROTOCOL_TLSV1_3},
    /* Schannel's bits, server's and client's, printed by an Exchange that is older than they. */
    {"16", PROTOCOL_SSLV3},
    {"32", PROTOCOL_SSLV3},
    {"64", PROTOCOL_TLSV1_0},
    {"128", PROTOCOL_TLSV1_0},
    {"256", PROTOCOL_TLSV1_1},
    {"512", PROTOCOL_TLSV1_1},
    {"1024", PROTOCOL_TLSV1_2},
    {"2048", PROTOCOL_TLSV1_2},
    {"4096", PROTOCOL_TLSV1_3},
    {"8192", PROTOCOL_TLSV1_3},
};

/* What GnuTLS appends when the certificate is of another type than usual. */
static const char *const certificate_types[] = {
    "-PGP",
    "-OPENPGP",
    "-X.509",
    "-X509",
    "-RAW-PUBLIC-KEY",
};

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool cut_end(char *text, const char *end)
{
	size_t n = strlen(text), cut = strlen(end);

	if (n < cut || strcmp(text + n - cut, end) != 0)
		return false;
	text[n - cut] = '\0';
	return true;
}

/* Upper case, `_` as `.` and ` ` as `-`; false for what cannot be a spelling. */
static bool plain(struct slice raw, char to[SPELLING_MAX + 1])
{
	size_t i;

	if (raw.n == 0 || raw.n > SPELLING_MAX || memchr(raw.p, '\0', raw.n))
		return false;
	for (i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '_')
			c = '.';
		else if (c == ' ')
			c = '-';
		else if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		to[i] = c;
	}
	to[i] = '\0';
	return true;
}

static bool named(const char *text)
{
	return begins(text, "TLS") || begins(text, "SSL");
}

/* TLSV1.2 and TLS-1.2 lose what stands before the number. */
static void join_family(char *text)
{
	if (named(text) && (text[3] == 'V' || text[3] == '-'))
		memmove(text + 3, text + 4, strlen(text + 4) + 1);
}

static enum protocol find(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++)
		if (strcmp(text, spellings[i].spelling) == 0)
			return spellings[i].protocol;
	return PROTOCOL_UNKNOWN;
}

enum protocol protocol_fold(struct slice raw)
{
	static const char schannel[] = "SP.PROT.";
	char text[SPELLING_MAX + 1], *spelling;

	if (!plain(raw, text))
		return PROTOCOL_UNKNOWN;
	if (begins(text, schannel)) {
		spelling = text + strlen(schannel);
		if (!named(spelling) ||
		    !(cut_end(spelling, ".SERVER") || cut_end(spelling, ".CLIENT")))
			return PROTOCOL_UNKNOWN;
		return find(spelling);
	}
	join_family(text);
	if (named(text))
		for (size_t i = 0; i < ARRAY_SIZE(certificate_types); i++)
			if (cut_end(text, certificate_types[i]))
				break;
	return find(text);
}

const char *protocol_name(enum protocol protocol)
{
	return (unsigned)protocol < PROTOCOL_MAX ? names[protocol] : names[PROTOCOL_UNKNOWN];
}
