/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the store is: what --store names, else $MAILTLS_STORE, else MAILTLS_STATE "/mailtls.db". */

const char *store_path(const char *given);
