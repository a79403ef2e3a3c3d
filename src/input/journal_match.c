/* SPDX-License-Identifier: ISC */
#include "input/journal_match.h"

#include "base/buffer.h"

#define PLACES 4
#define ENTRIES 64 /* at each */

/* By the clock, as entries cannot be asked for by number. */
bool journal_match_pays(sd_journal *handle, struct journal_fields *f)
{
	unsigned seen = 0, wanted = 0;
	uint64_t from, to, time;

	if (sd_journal_get_cutoff_realtime_usec(handle, &from, &to) <= 0)
		return false;
	for (unsigned i = 0; i < PLACES; i++) {
		if (sd_journal_seek_realtime_usec(handle, from + (to - from) / PLACES * i) < 0)
			return true;
		for (unsigned k = 0; k < ENTRIES && sd_journal_next(handle) > 0; k++, seen++)
			wanted += journal_fields_read(f, handle, &time) >= 0 && f->wanted;
	}
	return wanted < seen / 2;
}

static int add_one(sd_journal *handle, const char *field, const char *value)
{
	_cleanup_buffer_ struct buffer match = {0};

	buffer_printf(&match, "%s=%s", field, value);
	return sd_journal_add_match(handle, buffer_text(&match), match.n);
}

/* Matches of one field are alternatives by themselves; another field needs the disjunction. */
static int add_wanted(sd_journal *handle, char *const *units)
{
	int r = sd_journal_add_match(handle, JOURNAL_MAIL, 0);

	if (r >= 0)
		r = sd_journal_add_disjunction(handle);
	if (r >= 0)
		r = add_one(handle, "MESSAGE_ID", JOURNAL_DROPPED_ID);
	if (r >= 0 && units && *units)
		r = sd_journal_add_disjunction(handle);
	for (; r >= 0 && units && *units; units++)
		r = add_one(handle, "_SYSTEMD_UNIT", *units);
	return r;
}

int journal_match_set(sd_journal *handle, bool by_index, char *const *units, const char *boot)
{
	int r = 0;

	sd_journal_flush_matches(handle);
	if (by_index)
		r = add_wanted(handle, units);
	if (r >= 0 && by_index && boot)
		r = sd_journal_add_conjunction(handle);
	return r < 0 || !boot ? r : add_one(handle, "_BOOT_ID", boot);
}
