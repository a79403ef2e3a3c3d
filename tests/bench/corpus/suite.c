/* SPDX-License-Identifier: ISC */
#include "suite.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct suite openssl[] = {
    {"TLSv1.3", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "256/256", "", 520},
    {"TLSv1.3", "TLSv1.3", "TLS_AES_128_GCM_SHA256", "128/128", "", 50},
    {"TLSv1.3", "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", "256/256", "", 30},
    {"TLSv1.2", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "256/256", "", 230},
    {"TLSv1.2", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "128/128", "", 68},
    {"TLSv1.2", "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "256/256", "", 20},
    {"TLSv1.2", "TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305", "256/256", "", 15},
    {"TLSv1.2", "TLSv1.2", "DHE-RSA-AES256-GCM-SHA384", "256/256", "", 14},
    {"TLSv1.2", "TLSv1.2", "AES256-GCM-SHA384", "256/256", "", 8},
    {"TLSv1.2", "TLSv1.2", "ECDHE-RSA-AES256-SHA384", "256/256", "", 8},
    {"TLSv1.2", "TLSv1.2", "AES128-SHA", "128/128", "", 4},
    {"TLSv1.1", "TLSv1.1", "ECDHE-RSA-AES256-SHA", "256/256", "", 5},
    {"TLSv1.1", "TLSv1.1", "AES128-SHA", "128/128", "", 2},
    {"TLSv1", "TLSv1.0", "ECDHE-RSA-AES256-SHA", "256/256", "", 13},
    {"TLSv1", "TLSv1.0", "AES256-SHA", "256/256", "", 6},
    {"TLSv1", "TLSv1.0", "DHE-RSA-AES256-SHA", "256/256", "", 4},
    {"TLSv1", "TLSv1.0", "DES-CBC3-SHA", "112/168", "", 3},
};

static const struct suite gnutls[] = {
    {"TLS1.3", "TLSv1.3", "ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM", "256", "", 360},
    {"TLS1.3", "TLSv1.3", "ECDHE_SECP256R1__RSA_PSS_RSAE_SHA256__AES_256_GCM", "256", "", 120},
    {"TLS1.3", "TLSv1.3", "ECDHE_X25519__ECDSA_SECP256R1_SHA256__AES_256_GCM", "256", "", 70},
    {"TLS1.3", "TLSv1.3", "ECDHE_SECP384R1__RSA_PSS_RSAE_SHA256__CHACHA20_POLY1305", "256", "", 40},
    {"TLS1.2", "TLSv1.2", "ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM", "256", "", 200},
    {"TLS1.2", "TLSv1.2", "ECDHE_SECP256R1__RSA_SHA512__AES_256_GCM", "256", "", 100},
    {"TLS1.2", "TLSv1.2", "ECDHE_X25519__AES_256_GCM", "256", "*", 40},
    {"TLS1.2", "TLSv1.2", "DHE_CUSTOM2048__RSA_PSS_RSAE_SHA256__AES_256_GCM", "256", "", 20},
    {"TLS1.2", "TLSv1.2", "RSA__AES_128_CBC__SHA1", "128", "", 10},
    {"TLS1.1", "TLSv1.1", "ECDHE_X25519__RSA_SHA1__AES_256_CBC__SHA1", "256", "", 8},
    {"TLS1.0", "TLSv1.0", "ECDHE_SECP256R1__RSA_SHA1__AES_256_CBC__SHA1", "256", "", 22},
    {"TLS1.0", "TLSv1.0", "RSA__AES_128_CBC__SHA1", "128", "", 10},
};

const struct suites openssl_suites = {openssl, COUNT(openssl)};
const struct suites gnutls_suites = {gnutls, COUNT(gnutls)};

const struct suite *suite_pick(const struct suites *suites, struct random *r)
{
	uint32_t draw = random_below(r, 1000);
	uint32_t i = 0;

	while (i + 1 < suites->count && draw >= suites->suite[i].weight)
		draw -= suites->suite[i++].weight;
	return &suites->suite[i];
}

const char *suite_key_exchange(struct random *r)
{
	static const char *const text[] = {
	    " key-exchange x25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
	    " key-exchange X25519 server-signature RSA-PSS (4096 bits) server-digest SHA256",
	    " key-exchange X25519MLKEM768 server-signature RSA-PSS (2048 bits) server-digest "
	    "SHA256",
	    " key-exchange X25519MLKEM768 server-signature ECDSA (secp384r1) server-digest SHA384",
	    " key-exchange secp256r1 server-signature RSA-PSS (2048 bits) server-digest SHA256",
	    " key-exchange ECDHE (P-256) server-signature RSA-PSS (2048 bits) server-digest SHA256",
	    " key-exchange ECDHE (prime256v1) server-signature ECDSA (prime256v1) server-digest "
	    "SHA256",
	    " key-exchange DHE (3072 bits) server-signature RSA-PSS (2048 bits) server-digest "
	    "SHA256",
	    " key-exchange X25519MLKEM768",
	};

	return text[random_skewed(r, COUNT(text))];
}
