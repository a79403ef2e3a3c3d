# SPDX-License-Identifier: ISC
# usage: awk -v from=N -v lines=N -v start=SECONDS [-v host=NAME] -f session.awk
#
# Lines number `from` and on of one endless Postfix log.  Four lines are an SMTP session with one
# TLS handshake, and each session has a minute of its own, from `start` on: so that the store's
# minutes tell of every single handshake how often it was counted.
BEGIN {
	split("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", protocol, " ")
	split("AES128-SHA AES256-SHA ECDHE-RSA-AES256-GCM-SHA384 TLS_AES_256_GCM_SHA384", cipher, " ")
	for (i = from; i < from + lines; i++) {
		session = int(i / 4)
		peer = sprintf("c%d.example.net[198.51.%d.%d]", session, 100 + session / 250 % 100,
			session % 250)
		printf "%s %s postfix/smtpd[%d]: ",
			strftime("%Y-%m-%dT%H:%M:%S+00:00", start + session * 60 + i % 4),
			host ? host : "mx1", 1000 + session % 500
		if (i % 4 == 0)
			print "connect from " peer
		else if (i % 4 == 1)
			printf "Anonymous TLS connection established from %s: %s with cipher %s (256/256 bits)\n",
				peer, protocol[1 + session % 4], cipher[1 + session % 4]
		else if (i % 4 == 2)
			printf "3F2A91%04X: client=%s\n", session % 65536, peer
		else
			printf "disconnect from %s ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7\n",
				peer
	}
}
