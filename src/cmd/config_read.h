/* SPDX-License-Identifier: ISC */
#pragma once

/* mailtls.yaml(5): from the tree of a file into a configuration. */

#include "base/yaml.h"
#include "cmd/config.h"

/* What the file does not say is left as it is in c. */
int config_read(const struct yaml *root, const char *name, struct config *c, struct diag *d);
