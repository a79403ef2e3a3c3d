/* SPDX-License-Identifier: ISC */
#pragma once

/* The fields of one entry of a journal that are wanted, copied: the library's own copy of a value
 * is gone when the next one is asked for. */

#include "input/journal.h"

#define JOURNAL_NAME_MAX 256
#define JOURNAL_MAIL "SYSLOG_FACILITY=2"
/* journald's own word for messages that it dropped: sd-messages.h, JOURNAL_DROPPED. */
#define JOURNAL_DROPPED_MESSAGES "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"

enum journal_field {
	JOURNAL_MESSAGE,
	JOURNAL_HOST,
	JOURNAL_IDENT,
	JOURNAL_COMM,
	JOURNAL_UNIT,
	JOURNAL_SYSLOG_PID,
	JOURNAL_PID,
	JOURNAL_UID,
	JOURNAL_MACHINE,
	JOURNAL_DROPPED,
	JOURNAL_DROPPED_UNIT,
	JOURNAL_FIELD_MAX
};

struct journal_fields {
	char *const *units; /* borrowed; ended by NULL, or NULL */
	bool wanted; /* the entry is mail's, or of one of the units, or journald's own word that
			messages were dropped */
	struct slice values[JOURNAL_FIELD_MAX];
	char message[JOURNAL_MESSAGE_MAX], names[JOURNAL_FIELD_MAX][JOURNAL_NAME_MAX];
};

void journal_fields_clear(struct journal_fields *f);
/* NAME=value, as the library gives it. */
void journal_fields_add(struct journal_fields *f, struct slice data);
/* All but the time; texts belong to the fields. */
void journal_fields_record(const struct journal_fields *f, struct journal_record *ret);
