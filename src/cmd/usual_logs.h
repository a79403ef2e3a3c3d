/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the logs of mail lie where nobody says so; each list ends with NULL.
 *
 * What goes through syslog is in one of the first, or in the journal, and often in both: whoever
 * reads takes one of them. */

extern const char *const usual_syslog_logs[]; /* where syslog daemons put mail's facility */
extern const char *const usual_own_logs[];    /* what mail servers write on their own */
