/* SPDX-License-Identifier: ISC */
#pragma once

/* A journal as an operand: `journal:` (this machine's), `journal:namespace=NAME`, `journal:PATH`,
 * or the path of a folder of journal files, or of one. */

#include "cmd/config.h"
#include "cmd/feed.h"

/* False for what is no journal; else *ret_where is what comes behind `journal:`, or the path. */
bool journal_operand(const char *text, const char **ret_where);

/* Its feed.  Units and trust are those of the source in the configuration that is the same journal,
 * if there is one. */
struct feed *journal_operand_feed(
    struct feed_environment *e, const struct config *config, const char *where);
