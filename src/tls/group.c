/* SPDX-License-Identifier: ISC */
#include "tls/group.h"

#include "base/macros.h"

/* The longest name that is looked up; a longer one is nobody's and stays as it is. */
#define NAME_MAX_LENGTH 64

/* name is IANA's; alias is another's, upper case without `-` and `_`. */
static const struct {
	const char *name, *alias;
} groups[] = {
    {"x25519", NULL},
    {"x448", NULL},
    {"secp192r1", "PRIME192V1"},
    {"secp192r1", "P192"},
    {"secp224r1", "P224"},
    {"secp256r1", "PRIME256V1"},
    {"secp256r1", "P256"},
    {"secp384r1", "P384"},
    {"secp521r1", "P521"},
    {"secp256k1", NULL},
    {"brainpoolP256r1", NULL},
    {"brainpoolP384r1", NULL},
    {"brainpoolP512r1", NULL},
    {"brainpoolP256r1tls13", NULL},
    {"brainpoolP384r1tls13", NULL},
    {"brainpoolP512r1tls13", NULL},
    {"ffdhe2048", NULL},
    {"ffdhe3072", NULL},
    {"ffdhe4096", NULL},
    {"ffdhe6144", NULL},
    {"ffdhe8192", NULL},
    {"X25519MLKEM768", NULL},
    {"SecP256r1MLKEM768", NULL},
    {"SecP384r1MLKEM1024", NULL},
    {"X448MLKEM1024", NULL},
    {"MLKEM512", NULL},
    {"MLKEM768", NULL},
    {"MLKEM1024", NULL},
    /* The draft was only ever deployed with one Kyber, so "Draft00" is often left out. */
    {"X25519Kyber768Draft00", "X25519KYBER768"},
    {"SecP256r1Kyber768Draft00", "SECP256R1KYBER768"},
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Upper case without `-` and `_`; empty for what is too long or holds a NUL. */
static size_t plain(struct slice raw, char to[NAME_MAX_LENGTH + 1])
{
	size_t n = 0;

	if (raw.n <= NAME_MAX_LENGTH && slice_find(raw, '\0') == raw.n)
		for (size_t i = 0; i < raw.n; i++)
			if (raw.p[i] != '-' && raw.p[i] != '_')
				to[n++] = upper(raw.p[i]);
	to[n] = '\0';
	return n;
}

static bool same(const char *plain_text, const char *name)
{
	for (; *name; plain_text++, name++)
		if (*plain_text != upper(*name))
			return false;
	return *plain_text == '\0';
}

static const char *group_name(struct slice name)
{
	char text[NAME_MAX_LENGTH + 1];

	if (plain(name, text) == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (same(text, groups[i].name) || (groups[i].alias && same(text, groups[i].alias)))
			return groups[i].name;
	return NULL;
}

static bool starts_folded(struct slice text, const char *prefix)
{
	for (size_t i = 0; prefix[i]; i++)
		if (i == text.n || upper(text.p[i]) != prefix[i])
			return false;
	return true;
}

static bool ends_folded(struct slice text, const char *end)
{
	size_t n = strlen(end);

	return text.n >= n && starts_folded(slice_skip(text, text.n - n), end);
}

/* `WORD (INSIDE)`: true when inside is not empty. */
static bool bracketed(struct slice text, struct slice *ret_word, struct slice *ret_inside)
{
	size_t open = slice_find(text, '(');

	if (open < 2 || open + 2 >= text.n || text.p[open - 1] != ' ' || text.p[text.n - 1] != ')')
		return false;
	*ret_word = slice_first(text, open - 1);
	*ret_inside = (struct slice){text.p + open + 1, text.n - open - 2};
	return true;
}

static bool is_size(struct slice text)
{
	if (text.n == 0 || text.n > 5 || text.p[0] == '0')
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return true;
}

/* The size of a finite-field group of which nothing else is told: `DHE (2048 bits)`, CUSTOM2048. */
static bool finite_field(struct slice raw, struct slice *ret_size)
{
	struct slice word, size;

	if (starts_folded(raw, "CUSTOM"))
		size = slice_skip(raw, strlen("CUSTOM"));
	else if (bracketed(raw, &word, &size) && word.n == 3 && starts_folded(word, "DHE") &&
		 ends_folded(size, " BITS"))
		size = slice_first(size, size.n - strlen(" BITS"));
	else
		return false;
	if (!is_size(size))
		return false;
	*ret_size = size;
	return true;
}

/* `ECDHE (secp256r1)` speaks of secp256r1. */
static struct slice inner_name(struct slice raw)
{
	struct slice word, inside;

	if (bracketed(raw, &word, &inside) &&
	    ((word.n == 5 && starts_folded(word, "ECDHE")) ||
		(word.n == 3 && starts_folded(word, "DHE") && !ends_folded(inside, " BITS"))))
		return inside;
	return raw;
}

void group_fold(struct slice raw, struct buffer *to)
{
	struct slice size, name = inner_name(raw);
	const char *folded = group_name(name);

	if (finite_field(raw, &size)) {
		buffer_text_add(to, "dhe-");
		buffer_add(to, size);
	} else if (folded) {
		buffer_text_add(to, folded);
	} else {
		buffer_add(to, name);
	}
}

enum post_quantum group_post_quantum(struct slice raw)
{
	char text[NAME_MAX_LENGTH + 1];
	struct slice size, name = inner_name(raw);

	plain(name, text);
	if (strstr(text, "MLKEM"))
		return POST_QUANTUM_YES;
	if (strstr(text, "KYBER"))
		return POST_QUANTUM_DRAFT;
	if (group_name(name) || finite_field(raw, &size))
		return POST_QUANTUM_NO;
	return POST_QUANTUM_UNKNOWN;
}

const char *post_quantum_name(enum post_quantum value)
{
	static const char *const names[] = {
	    [POST_QUANTUM_UNKNOWN] = "",
	    [POST_QUANTUM_NO] = "no",
	    [POST_QUANTUM_DRAFT] = "draft",
	    [POST_QUANTUM_YES] = "yes",
	};

	return (unsigned)value < ARRAY_SIZE(names) ? names[value] : "";
}

/* ---- signatures ---- */

/* What GnuTLS writes before the hash (or the curve and the hash, or EdDSA's curve), longest first;
 * RSA_PKCS1_ is IANA's. */
static const struct {
	const char *prefix, *algorithm;
} signature_schemes[] = {
    {"RSA_PSS_RSAE_", "RSA-PSS "},
    {"RSA_PSS_PSS_", "RSA-PSS "},
    {"RSA_PSS_", "RSA-PSS "},
    {"RSA_PKCS1_", "RSA "},
    {"RSA_", "RSA "},
    {"DSA_", "DSA "},
    {"ECDSA_", "ECDSA "},
    {"EDDSA_", ""},
};

/* RSA_SHA1 keeps its hash; ECDSA_SECP256R1_SHA256 needs none, the curve fixes it. */
static bool scheme_fold(struct slice raw, struct buffer *to)
{
	struct slice rest;
	size_t cut;

	for (size_t i = 0; i < ARRAY_SIZE(signature_schemes); i++) {
		if (!starts_folded(raw, signature_schemes[i].prefix))
			continue;
		rest = slice_skip(raw, strlen(signature_schemes[i].prefix));
		cut = slice_find(rest, '_');
		if (rest.n == 0 || rest.n > NAME_MAX_LENGTH)
			return false;
		if (cut < rest.n) {
			const char *curve = group_name(slice_first(rest, cut));

			if (!curve || slice_find(slice_skip(rest, cut + 1), '_') < rest.n - cut - 1)
				return false;
			buffer_text_add(to, signature_schemes[i].algorithm);
			buffer_text_add(to, curve);
			return true;
		}
		buffer_text_add(to, signature_schemes[i].algorithm);
		for (size_t j = 0; j < rest.n; j++)
			buffer_char(to, upper(rest.p[j]));
		return true;
	}
	return false;
}

void signature_fold(struct slice raw, struct buffer *to)
{
	static const char bare_key[] = "RAW PUBLIC KEY";
	struct slice algorithm, rest;
	bool bare;

	if (!bracketed(raw, &algorithm, &rest)) {
		if (!scheme_fold(raw, to))
			buffer_add(to, raw);
		return;
	}
	buffer_add(to, algorithm);
	bare = ends_folded(rest, bare_key);
	if (bare)
		rest = slice_first(rest, rest.n - strlen(bare_key));
	if (ends_folded(rest, " "))
		rest = slice_first(rest, rest.n - 1);
	if (ends_folded(rest, " BITS"))
		rest = slice_first(rest, rest.n - strlen(" BITS"));
	else if (bare && ends_folded(rest, " BIT"))
		rest = slice_first(rest, rest.n - strlen(" BIT"));
	if (rest.n) {
		const char *curve = group_name(rest);

		buffer_char(to, ' ');
		buffer_add(to, curve ? slice_of(curve) : rest);
	}
	if (bare)
		buffer_text_add(to, " raw public key");
}
