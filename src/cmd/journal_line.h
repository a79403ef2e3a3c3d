/* SPDX-License-Identifier: ISC */
#pragma once

/* A journal's entry as the line that syslog would have written of it, with a stamp that leaves
 * nothing to guess: so there is one way through the parser.  What a sender put into a field cannot
 * end the field or the line. */

#include "base/buffer.h"
#include "input/journal.h"
#include "store/gap.h"

void journal_line_add(struct buffer *to, const struct journal_record *entry);

/* What journald says that it dropped, as a gap. */
void journal_line_dropped(const struct journal_record *entry, struct gap *ret);
