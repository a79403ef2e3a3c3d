/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the policies are: what --policies names, else as cmd/data_path.h says; a site's own folders
 * are those that its configuration names. */

#include "cmd/config.h"
#include "tls/policy.h"
#include <stdio.h>

/* Finds and loads them; what is wrong is logged. */
int policy_path_load(const char *given, const struct config *config, struct policy_set **ret);

/* A line or two for each policy: name, date, what it is, where it comes from.  Returns the
 * program's exit status. */
int policy_list_write(const struct policy_set *set, FILE *out);
