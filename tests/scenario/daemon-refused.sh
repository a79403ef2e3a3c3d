#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log that cannot be counted keeps no other from being counted.

. tests/scenario/daemon/harness.sh

# More than a year without years: nobody knows which.
for month in Nov Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec; do
	echo "$month 11 10:00:00 mx1 postfix/smtpd[1]: Anonymous TLS connection established from" \
		'a[192.0.2.1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)'
done >years.log
cp years.log mail.log.7
emit 100 >>mail.log
start years.log mail.log
exact 'one of another source, and one of the same'
emit 30 >>mail.log
echo 'Dec 12 10:00:00 mx1 postfix/smtpd[1]: connect from a[192.0.2.1]' >>years.log
emit 30 >>mail.log
exact 'which goes on'
grep -q "years.log': its time stamps have no year and span more than twelve months" daemon.out
ok $? 'it is named'
[ "$(grep -c 'have no year' daemon.out)" -eq 2 ]
ok $? 'once each'

end whole
