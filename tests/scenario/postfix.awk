# SPDX-License-Identifier: ISC
# usage: awk -v from=N -v lines=N [-v stamp=rfc3164] [-v host=NAME] -f postfix.awk
#
# Lines number `from` and on of one endless Postfix log, one a second from 2026-10-01 on: every
# tenth is a handshake.  Any part of it is the same whenever it is written.
BEGIN {
	split("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", protocol, " ")
	split("AES128-SHA AES256-SHA ECDHE-RSA-AES256-GCM-SHA384 TLS_AES_256_GCM_SHA384", cipher, " ")
	if (host == "")
		host = "mx1"
	for (i = from; i < from + lines; i++) {
		day = 1 + int(i / 86400) % 28
		time = sprintf("%02d:%02d:%02d", int(i / 3600) % 24, int(i / 60) % 60, i % 60)
		if (stamp == "rfc3164")
			printf "Oct %2d %s", day, time
		else
			printf "2026-10-%02dT%s+00:00", day, time
		printf " %s postfix/smtpd[%d]: ", host, 1000 + i % 500
		if (i % 10 == 3)
			printf "Anonymous TLS connection established from c%d.example.net[198.51.100.%d]: %s with cipher %s (256/256 bits)\n",
				i, i % 250, protocol[1 + int(i / 10) % 4], cipher[1 + int(i / 10) % 4]
		else
			printf "warning: hostname c%d.example.net does not resolve to address 198.51.100.%d\n",
				i, i % 250
	}
}
