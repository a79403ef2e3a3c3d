/* SPDX-License-Identifier: ISC */
#pragma once

/* One service at a time on a store: `<store>.lock`, held for life.  Imports and reports need none.
 */

#include "base/diag.h"
#include <sys/types.h>

/* The descriptor that holds it, the caller's to close; -EBUSY with a diagnosis that names the
 * process that has it. */
int store_lock(const char *store, struct diag *d);

/* The process that holds it, 0 if none does (or it cannot be told). */
pid_t store_lock_holder(const char *store);
