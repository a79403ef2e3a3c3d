/* SPDX-License-Identifier: ISC */
#include "cmd/store_path.h"

#include <stdlib.h>

const char *store_path(const char *given)
{
	const char *named = getenv("MAILTLS_STORE");

	if (given)
		return given;
	return named && named[0] ? named : MAILTLS_STATE "/mailtls.db";
}
