/* SPDX-License-Identifier: ISC */
#include "cmd/usual_logs.h"

#include <stddef.h>

const char *const usual_syslog_logs[] = {"/var/log/mail.log", "/var/log/maillog", NULL};
const char *const usual_own_logs[] = {"/var/log/exim4/mainlog", "/var/log/exim/main.log",
    "/var/log/exim/mainlog", "/var/log/dovecot.log", NULL};
