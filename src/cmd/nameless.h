/* SPDX-License-Identifier: ISC */
#pragma once

/* Files that no name of a log leads to any more: deleted, or moved elsewhere, and open here for
 * what their writers still add.  When everything of a log begins anew from the store, they would be
 * lost with their descriptors. */

#include "base/macros.h"
#include "cmd/tail.h"

struct nameless {
	struct nameless *next; /* of a list, the oldest first */
	char *path;	       /* that it had */
	struct reader *reader;
};

/* Takes the tail's reader over if its file is not of the family. */
void nameless_keep(struct nameless **list, struct tail *t, const struct family *family);

/* The first of a list, which must not be empty; the caller's. */
struct nameless *nameless_take(struct nameless **list);
struct nameless *nameless_free(struct nameless *held);

DEFINE_CLEANUP(struct nameless, nameless_free);
#define _cleanup_nameless_ _cleanup_(nameless_free_p)
