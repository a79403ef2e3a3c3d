/* SPDX-License-Identifier: ISC */
#include "tls/cipher.h"

#include "base/macros.h"
#include "tls/suite_tail.h"
#include "tls/suite_word.h"

/* ---- names in one piece: OpenSSL, IANA, GnuTLS API, rustls, LibreSSL, Schannel ---- */

/* What stands around key exchange and cipher. */
struct frame {
	size_t head, tail, head_end; /* head is [head, head_end), the cipher's word is tail */
	int export_bits;
	bool tls; /* TLS_, TLS13_, AEAD-: without a key exchange it is a suite of TLS 1.3 */
	bool sslv2, schannel, with;
};

static bool word_is(const struct suite_words *words, size_t i, const char *spelling)
{
	return i < words->n && suite_word_is(words->word[i], spelling);
}

static int export_bits(const struct suite_words *words, size_t i)
{
	if (word_is(words, i, "EXP") || word_is(words, i, "EXPORT"))
		return 40;
	return word_is(words, i, "EXP1024") || word_is(words, i, "EXPORT1024") ? 56 : 0;
}

static void read_prefix(const struct suite_words *words, struct frame *frame)
{
	size_t i = 0;

	if (word_is(words, i, "TLS") || word_is(words, i, "TLS13") || word_is(words, i, "AEAD")) {
		frame->tls = true;
		i++;
	} else if (word_is(words, i, "SSL")) {
		frame->sslv2 = word_is(words, i + 1, "CK");
		i += frame->sslv2 ? 2 : 1;
	} else if (word_is(words, i, "CALG")) {
		frame->schannel = true;
		i++;
	}
	frame->export_bits = export_bits(words, i);
	frame->head = i + (frame->export_bits ? 1 : 0);
}

static void find_tail(const struct suite_words *words, struct frame *frame)
{
	size_t i, with = words->n, bulk = words->n;
	int size;

	for (i = words->n; i-- > frame->head;) {
		if (suite_word_is(words->word[i], "WITH"))
			with = i;
		else if (bulk_cipher_find(words->word[i], &size))
			bulk = i;
	}
	frame->with = with < words->n && !frame->sslv2;
	if (frame->with) {
		frame->head_end = with;
		frame->tail = with + 1;
	} else if (bulk < words->n) {
		frame->head_end = frame->tail = bulk;
	} else {
		/* No cipher that is known: its word is the one after a key exchange that is. */
		if (!key_exchange_longest(words, frame->head, &frame->head_end))
			frame->head_end = frame->head;
		frame->tail = frame->head_end;
	}
	if (frame->head_end > frame->head && export_bits(words, frame->head_end - 1)) {
		frame->head_end--;
		frame->export_bits = export_bits(words, frame->head_end);
	}
}

/* AES128-SHA, RC4-MD5, DES-CBC3-SHA: OpenSSL names no key exchange where it is static RSA.  Only a
 * name that is whole and spelt its way says so: AES, AES-256-GCM or CALG_AES_256 do not. */
static bool is_static_rsa(const struct cipher *cipher, const struct frame *frame,
    const struct suite_tail *tail, bool dashed)
{
	bool sized =
	    is(cipher->enc, "aes") || is(cipher->enc, "camellia") || is(cipher->enc, "aria");
	bool whole = tail->mac_told || is(cipher->mode, "ccm") || is(cipher->mode, "ccm8");

	if (frame->sslv2)
		return true;
	return dashed && whole && !frame->tls && !frame->with && !tail->mode_doubted &&
	       !tail->mac_doubted && known(cipher->enc) && !is(cipher->enc, "chacha20") &&
	       (!sized || tail->size_glued);
}

static void read_name(struct slice raw, struct cipher *ret)
{
	const struct key_exchange *exchange;
	struct suite_words words = {0};
	struct frame frame = {0};
	struct suite_tail tail = {0};
	bool dashed = slice_find(raw, '_') == raw.n;

	if (!suite_split(raw, &words))
		return;
	read_prefix(&words, &frame);
	find_tail(&words, &frame);
	suite_tail_read(&words, frame.tail, ret, &tail);
	if (frame.export_bits)
		suite_set_export(ret, frame.export_bits);
	if (frame.schannel)
		return;
	exchange = key_exchange_find(&words, frame.head, frame.head_end);
	if (exchange) {
		ret->kx = exchange->kx;
		ret->auth = exchange->auth;
		/* ECDHE-ARIA256-GCM-SHA384: here OpenSSL leaves RSA out as well. */
		if (dashed && is(ret->kx, "ecdhe") && !known(ret->auth) && is(ret->enc, "aria"))
			ret->auth = "rsa";
	} else if (frame.head_end == frame.head) {
		if (frame.tls && !frame.with && cipher_aead(ret) == 1)
			ret->kx = ret->auth = "any";
		else if (is_static_rsa(ret, &frame, &tail, dashed))
			ret->kx = ret->auth = "rsa";
	}
}

/* ---- GnuTLS descriptions as Exim 4.93 and later writes them ---- */

#define SECTIONS_MAX 4

/* KX[_GROUP]__[SIGNATURE__]CIPHER[__MAC].  A resumed session has no signature, and one of TLS 1.3
 * no key exchange either: Exim then leaves a `(` before the cipher. */
struct description {
	struct slice section[SECTIONS_MAX];
	size_t n;
};

static bool cut_sections(struct slice raw, struct description *to)
{
	size_t start = 0, i = 0;

	for (; i <= raw.n; i++) {
		if (i < raw.n && !(i + 1 < raw.n && raw.p[i] == '_' && raw.p[i + 1] == '_'))
			continue;
		if (to->n == SECTIONS_MAX)
			return false;
		to->section[to->n++] = (struct slice){raw.p + start, i - start};
		start = i + 2;
		i++;
	}
	return true;
}

static struct slice first_word(struct slice section)
{
	return slice_first(section, slice_find(section, '_'));
}

static const char *signature_auth(struct slice signature)
{
	static const struct {
		const char *word, *auth;
	} rows[] = {
	    {"RSA", "rsa"},
	    {"DSA", "dss"},
	    {"ECDSA", "ecdsa"},
	    {"EDDSA", "ecdsa"},
	    {"ED25519", "ecdsa"},
	    {"ED448", "ecdsa"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (suite_word_is(first_word(signature), rows[i].word))
			return rows[i].auth;
	return SUITE_UNKNOWN;
}

static void read_exchange_section(struct slice section, struct cipher *ret)
{
	const struct key_exchange *exchange;
	struct suite_words words = {0};
	size_t end;

	if (!suite_split(section, &words))
		return;
	exchange = key_exchange_longest(&words, 0, &end);
	if (!exchange)
		return;
	ret->kx = exchange->kx;
	ret->auth = exchange->auth;
	if (end < words.n)
		ret->group = slice_skip(section, (size_t)(words.word[end].p - section.p));
}

static void read_description(struct slice raw, struct cipher *ret)
{
	struct description description = {0};
	struct suite_words words = {0};
	struct suite_tail tail = {0};
	size_t cipher;
	int size;

	if (slice_starts(raw, SLICE("(")))
		raw = slice_skip(raw, 1);
	if (!cut_sections(raw, &description))
		return;
	/* The first section is the key exchange (which may be the word NULL) unless it is all. */
	cipher = description.n > 1 ? 1 : 0;
	while (cipher < description.n &&
	       !bulk_cipher_find(first_word(description.section[cipher]), &size))
		cipher++;
	if (cipher == description.n || cipher > 2 || description.n - cipher > 2)
		return;
	for (size_t i = cipher; i < description.n; i++)
		if (!suite_split(description.section[i], &words))
			return;
	suite_tail_read(&words, 0, ret, &tail);
	if (cipher > 0)
		read_exchange_section(description.section[0], ret);
	if (cipher > 1) {
		ret->signature = description.section[1];
		if (!known(ret->auth))
			ret->auth = signature_auth(ret->signature);
	}
}

static bool is_description(struct slice raw)
{
	for (size_t i = 0; i + 1 < raw.n; i++)
		if (raw.p[i] == '_' && raw.p[i + 1] == '_')
			return true;
	return slice_starts(raw, SLICE("("));
}

void cipher_read(struct slice raw, enum protocol protocol, struct cipher *ret)
{
	*ret = (struct cipher){
	    .kx = SUITE_UNKNOWN,
	    .auth = SUITE_UNKNOWN,
	    .enc = SUITE_UNKNOWN,
	    .mode = SUITE_UNKNOWN,
	    .mac = SUITE_UNKNOWN,
	    .bits = -1,
	};
	if (raw.n > 0 && raw.n <= CIPHER_NAME_MAX) {
		if (is_description(raw))
			read_description(raw, ret);
		else
			read_name(raw, ret);
	}
	if (protocol == PROTOCOL_TLSV1_3)
		ret->kx = ret->auth = "any";
}

/* ---- what follows from the properties ---- */

int cipher_forward_secret(const struct cipher *cipher)
{
	static const struct {
		const char *kx;
		int secret;
	} rows[] = {
	    {"any", 1},
	    {"dhe", 1},
	    {"ecdhe", 1},
	    {"srp", 1},
	    {"rsa", 0},
	    {"dh", 0},
	    {"ecdh", 0},
	    {"psk", 0},
	    {"krb5", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is(cipher->kx, rows[i].kx))
			return rows[i].secret;
	return -1;
}

int cipher_aead(const struct cipher *cipher)
{
	if (!known(cipher->mode))
		return -1;
	return is(cipher->mode, "gcm") || is(cipher->mode, "ccm") || is(cipher->mode, "ccm8") ||
	       is(cipher->mode, "poly1305");
}

enum protocol cipher_least_protocol(const struct cipher *cipher)
{
	bool sha2 = is(cipher->mac, "sha256") || is(cipher->mac, "sha384");

	if (cipher_aead(cipher) == 1)
		return is(cipher->kx, "any") ? PROTOCOL_TLSV1_3 : PROTOCOL_TLSV1_2;
	/* RFC 5487 and RFC 5489 let the SHA-2 suites of pre-shared keys run under TLS 1.0. */
	if (!sha2 || is(cipher->auth, "psk") || !known(cipher->auth))
		return PROTOCOL_UNKNOWN;
	return PROTOCOL_TLSV1_2;
}
