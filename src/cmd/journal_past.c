/* SPDX-License-Identifier: ISC */
#include "cmd/journal_past.h"

#include "base/texts.h"
#include <stdlib.h>
#include <string.h>

static const struct slice no_machine = {0};

/* What was read last is told by its cursor, and this boot is read from its own first entry. */
static bool is_past(const struct journal *j, const char *boot, const struct journal_place *place)
{
	return (!place || strcmp(boot, place->boot) != 0) && !journal_is_this_boot(j, boot);
}

int journal_past_know(
    struct journal_boots *b, struct journal *j, const struct journal_place *place, int64_t utc)
{
	struct journal_place last;
	char **boots;
	int r = journal_boots_in(j, &boots);

	if (r < 0)
		return r;
	for (char **boot = boots; r >= 0 && *boot; boot++) {
		if (!is_past(j, *boot, place))
			continue;
		r = journal_boot_last(j, *boot, place, utc, &last);
		if (r > 0)
			journal_boots_take(b, no_machine, &last);
	}
	texts_free(boots);
	return r < 0 ? r : 0;
}

/* 1: entries of it were passed over. */
static int is_passed_over(
    struct journal_boots *b, struct journal *j, const char *boot, const struct journal_place *place)
{
	struct journal_place last;
	int r = is_past(j, boot, place) ? journal_boot_last(j, boot, place, 0, &last) : 0;

	return r > 0 ? !journal_boots_has(b, no_machine, &last) : r;
}

int journal_past_find(
    struct journal_boots *b, struct journal *j, const struct journal_place *place, char ***ret)
{
	char **boots, **kept;
	int r = journal_boots_in(j, &boots);

	if (r < 0)
		return r;
	kept = boots;
	for (char **boot = boots; *boot; boot++) {
		char *id = *boot;

		*boot = NULL;
		if (r >= 0)
			r = is_passed_over(b, j, id, place);
		if (r > 0)
			*kept++ = id;
		else
			free(id);
	}
	if (r < 0) {
		texts_free(boots);
		return r;
	}
	*ret = boots;
	return 0;
}
