/* SPDX-License-Identifier: ISC */
#pragma once

/* What can be negotiated, spelled as the servers log it, each with its share of a thousand.
 *
 * The shares are invented: about 60 % TLSv1.3, 37 % TLSv1.2, and few of what is older. */

#include "random.h"

struct suite {
	const char *protocol;  /* as logged */
	const char *canonical; /* the name that every spelling folds to */
	const char *cipher;    /* as logged */
	const char *bits;      /* used, or used/alg where the log has both */
	const char *resumed;   /* Exim's mark behind the bits, "" or "*" */
	uint32_t weight;
};

struct suites {
	const struct suite *suite;
	uint32_t count;
};

extern const struct suites openssl_suites; /* Postfix, Dovecot */
extern const struct suites gnutls_suites;  /* Exim as Debian builds it */

const struct suite *suite_pick(const struct suites *suites, struct random *r);

/* What Postfix logs behind a TLSv1.3 suite: group and signature, or only the group of a resumed
 * session. */
const char *suite_key_exchange(struct random *r);
