/* SPDX-License-Identifier: ISC */
#pragma once

/* What a service follows and how far it is, for people, on standard output. */

#include "cmd/plan.h"

int service_status(const struct plan_request *request); /* an exit code; what is wrong is logged */
