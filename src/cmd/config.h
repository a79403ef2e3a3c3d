/* SPDX-License-Identifier: ISC */
#pragma once

/* What a site's administrator wrote for all programs: mailtls.yaml(5).
 *
 * Read is the file that was given, else $MAILTLS_CONFIG, else MAILTLS_SYSCONF "/mailtls.yaml" if
 * there is one.  No file, and an empty one, give the defaults.  What an option or a program's own
 * variable says wins over it, so what the file does not say is told apart from what it does: NULL,
 * -1 or an empty list.  A wrong file gives -EINVAL with file, line, column and a sentence. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/network.h"
#include "base/zone.h"
#include "store/retention.h"
#include <stddef.h>
#include <stdint.h>

#define CONFIG_SOURCES_MAX 256

/* Whose entries of a journal are believed (what journald saw of a sender, not what it claims). */
enum config_trust {
	CONFIG_TRUST_UNITS, /* of a mail server's unit */
	CONFIG_TRUST_USERS, /* or of root or a mail server's user */
	CONFIG_TRUST_ANY,   /* everybody's: a journal that was sent here from other machines */
	CONFIG_TRUST_MAX,
};

enum config_source_kind { CONFIG_FILES, CONFIG_JOURNAL };

/* What the service follows. */
struct config_source {
	enum config_source_kind kind;
	unsigned line, column; /* where it is written */

	char *path;	   /* of files: absolute, may be a glob(7) pattern */
	char *host;	   /* of lines that name none, NULL */
	struct zone *zone; /* of stamps that name none, NULL: the site's */

	char *directory; /* of a journal: a folder of journal files, NULL: this machine's */
	char *namespace; /* of this machine's journal: a name, "*" for all, NULL: the default */
	char **units;	 /* whose entries are mail's besides those of the pattern files */
	enum config_trust trust;
};

struct config {
	char *path; /* of the file, NULL: there is none */
	char *store, *timezone;
	char **patterns; /* folders over the installed one, empty: MAILTLS_SYSCONF "/patterns" */
	char **policies; /* likewise */
	struct config_source *sources;
	size_t source_count;
	int peers, peer_addresses;  /* enum peers, enum peer_addresses; -1: as the store has it */
	struct retention retention; /* 0: as the store has it */
	struct networks internal;   /* the site's own networks and its trusted proxies */
	int64_t poll; /* seconds between looks at files that inotify does not tell of */
};

int config_load(const char *given, struct config **ret, struct diag *d);
/* name stands for the file in diagnoses. */
int config_parse(struct slice text, const char *name, struct config **ret, struct diag *d);
struct config *config_free(struct config *c);

/* The same as config_load(); what is wrong is logged. */
int config_open(const char *given, struct config **ret);

/* What the file says of the store becomes the store's own from `now` on: which peers it keeps, and
 * how long.  For who writes to it. */
struct store;
int config_settle(const struct config *c, struct store *s, int64_t now, struct diag *d);

/* The first source whose files a log is one of, by its path or what rotation made of that; NULL. */
const struct config_source *config_source_of(const struct config *c, const char *path);

/* Puts the zone and host of that source, if it names them, in the place of the site's zone (unless
 * an option gave one) and of no host, so that a log counts alike whoever reads it. */
void config_apply(const struct config *c, const char *path, bool zone_given,
    const struct zone **zone, const char **host);

DEFINE_CLEANUP(struct config, config_free);
#define _cleanup_config_ _cleanup_(config_free_p)
