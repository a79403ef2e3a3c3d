/* SPDX-License-Identifier: ISC */
#include "cmd/store_path.h"

#include <stdlib.h>

const char *store_path(const char *given, const struct config *config)
{
	const char *named = getenv("MAILTLS_STORE");

	if (given)
		return given;
	if (named && named[0])
		return named;
	return config->store ? config->store : MAILTLS_STATE "/mailtls.db";
}
