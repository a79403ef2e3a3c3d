/* SPDX-License-Identifier: ISC */
#include "input/journal_fields.h"

static const struct slice prefixes[JOURNAL_FIELD_MAX] = {
    [JOURNAL_MESSAGE] = SLICE("MESSAGE="),
    [JOURNAL_HOST] = SLICE("_HOSTNAME="),
    [JOURNAL_IDENT] = SLICE("SYSLOG_IDENTIFIER="),
    [JOURNAL_COMM] = SLICE("_COMM="),
    [JOURNAL_UNIT] = SLICE("_SYSTEMD_UNIT="),
    [JOURNAL_SYSLOG_PID] = SLICE("SYSLOG_PID="),
    [JOURNAL_PID] = SLICE("_PID="),
    [JOURNAL_UID] = SLICE("_UID="),
    [JOURNAL_MACHINE] = SLICE("_MACHINE_ID="),
    [JOURNAL_DROPPED] = SLICE("N_DROPPED="),
    [JOURNAL_DROPPED_UNIT] = SLICE("OBJECT_SYSTEMD_UNIT="),
};

static bool is_wanted_unit(const struct journal_fields *f, struct slice unit)
{
	for (char *const *wanted = f->units; wanted && *wanted; wanted++)
		if (slice_is(unit, *wanted))
			return true;
	return false;
}

static void keep(struct journal_fields *f, enum journal_field field, struct slice value)
{
	char *to = field == JOURNAL_MESSAGE ? f->message : f->names[field];
	size_t size = field == JOURNAL_MESSAGE ? JOURNAL_MESSAGE_MAX : JOURNAL_NAME_MAX;

	if (value.n > size)
		value.n = size;
	memcpy(to, value.p, value.n);
	f->values[field] = (struct slice){to, value.n};
}

void journal_fields_clear(struct journal_fields *f)
{
	memset(f->values, 0, sizeof f->values);
	f->wanted = false;
}

void journal_fields_add(struct journal_fields *f, struct slice data)
{
	size_t name = slice_find(data, '=') + 1;

	for (int field = 0; field < JOURNAL_FIELD_MAX; field++) {
		if (prefixes[field].n != name || !slice_starts(data, prefixes[field]))
			continue;
		data = slice_skip(data, name);
		if (field == JOURNAL_UNIT && !f->wanted)
			f->wanted = is_wanted_unit(f, data);
		/* A sender may write a field twice; the first is what journalctl shows. */
		if (!f->values[field].p)
			keep(f, (enum journal_field)field, data);
		return;
	}
	f->wanted |= slice_is(data, JOURNAL_MAIL) || slice_is(data, JOURNAL_DROPPED_MESSAGES);
}

static int64_t number(struct slice digits)
{
	int64_t value = 0;

	if (digits.n == 0 || digits.n > 18)
		return -1;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return -1;
		value = value * 10 + (digits.p[i] - '0');
	}
	return value;
}

void journal_fields_record(const struct journal_fields *f, struct journal_record *ret)
{
	const struct slice *v = f->values;

	*ret = (struct journal_record){
	    .pid = v[JOURNAL_SYSLOG_PID].p ? v[JOURNAL_SYSLOG_PID] : v[JOURNAL_PID],
	    .uid = number(v[JOURNAL_UID]),
	    .host = v[JOURNAL_HOST],
	    .ident = v[JOURNAL_IDENT].p ? v[JOURNAL_IDENT] : v[JOURNAL_COMM],
	    .unit = v[JOURNAL_UNIT],
	    .message = v[JOURNAL_MESSAGE],
	    .machine = v[JOURNAL_MACHINE],
	    .dropped = number(v[JOURNAL_DROPPED]),
	};
	/* Anybody can write such fields, but not in journald's name. */
	if (!slice_starts(ret->unit, SLICE("systemd-journald")))
		ret->dropped = -1;
	if (ret->dropped > 0)
		ret->unit = v[JOURNAL_DROPPED_UNIT];
}
