/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the store is: what --store names, else $MAILTLS_STORE, else the configuration, else
 * MAILTLS_STATE "/mailtls.db". */

#include "cmd/config.h"

const char *store_path(const char *given, const struct config *config);
