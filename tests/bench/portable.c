/* SPDX-License-Identifier: ISC */
#include "parse/literal.h"

/* mailtls-report-portable: the program as a machine without AVX2 runs it.  Linked with
 * --wrap=literal_set_new, so that whoever asks for a search gets the portable one. */

struct literal_set *__real_literal_set_new(const struct slice *, size_t, bool);
struct literal_set *__wrap_literal_set_new(const struct slice *, size_t, bool);

struct literal_set *__wrap_literal_set_new(
    const struct slice *literals, size_t count, bool portable _unused_)
{
	return __real_literal_set_new(literals, count, true);
}
