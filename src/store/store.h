/* SPDX-License-Identifier: ISC */
#pragma once

/* A store: counters in one sqlite file, or in memory for a report straight from logs.
 *
 * STORE_READ works for a user without write permission, whether a writer is at work or not.
 * STORE_CREATE makes the file if it is missing: mode 0640, and if root makes it, for the owner of
 * its folder, so that the service can write what root's first import began.  STORE_COPY is a copy
 * in memory of a file that is only read: what is counted there is forgotten.  A symbolic link is
 * refused.  Errors: -ENOENT no such store, -EINVAL a database of another program, -EPROTO made by
 * a newer mailtls, -EBADMSG no database or a damaged one, -EACCES, -EBUSY, -ENOSPC, -EIO; each with
 * one sentence. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"
#include <stdint.h>

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE, STORE_MEMORY, STORE_COPY };

struct store;

/* -EOPNOTSUPP: it is an address of PostgreSQL, and no file is to be made by that name. */
int store_check_name(const char *name, struct diag *d);

/* path is not used for STORE_MEMORY. */
int store_open(const char *path, enum store_mode mode, struct store **ret, struct diag *d);
struct store *store_free(struct store *s);

const char *store_name(const struct store *s);

/* All that is written until it is released is one, which is kept or not: for a store in memory, as
 * others wait for one in a file.  Not kept, ids that were given out meanwhile mean nothing any more
 * (store/aggregate.h has some).  Released when it is not held, nothing happens. */
int store_hold(struct store *s, struct diag *d);
int store_release(struct store *s, bool keep, struct diag *d);

/* The secret of the hashes that know a log by its content; STORE_SECRET bytes. */
#define STORE_SECRET 192
const unsigned char *store_secret(const struct store *s);

/* The sessions of that owner (store/commit.h) that were open at its last commit, SLICE_NONE if it
 * made none; valid until the next call. */
int store_open_sessions(struct store *s, const char *owner, struct slice *ret, struct diag *d);

DEFINE_CLEANUP(struct store, store_free);
#define _cleanup_store_ _cleanup_(store_free_p)
