/* SPDX-License-Identifier: ISC */
#pragma once

/* A list of texts that ends with NULL, as argv does.  NULL is one without texts. */

#include <stddef.h>

size_t texts_count(char *const *texts);
char **texts_copy(char *const *texts); /* never NULL; the caller's, to texts_free() */
char **texts_free(char **texts);
