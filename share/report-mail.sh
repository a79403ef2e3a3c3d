#!/bin/sh
# SPDX-License-Identifier: ISC
#
# usage: report-mail TEXT HTML [RECIPIENT...]
#
# Mails a report: TEXT to be read, HTML attached.  Without a RECIPIENT it goes to root.
#
# SENDMAIL        the program that takes the mail on standard input (/usr/sbin/sendmail)
# REPORT_FROM     the sender; the mail system's own choice if it is empty
# REPORT_SUBJECT  "TLS of mail at HOST" if it is empty
#
# The drop-in of mailtls-report.service shows how it is run weekly.

set -eu
export LC_ALL=C

fail() {
	echo "report-mail: $*" >&2
	exit 1
}

# What would begin another header does not.
header() {
	printf '%s: ' "$1"
	printf '%s' "$2" | tr -c '\041-\176' ' '
	echo
}

# Lines that every mail system carries as they are; or else base64, which every reader opens.
encoding() {
	if awk 'length > 900 || /[^\t -~]/ { wrong = 1 } END { exit wrong }' "$1"; then
		echo 7bit
	else
		echo base64
	fi
}

body() {
	case $(encoding "$1") in
	7bit) cat "$1" ;;
	*) base64 "$1" ;;
	esac
}

message() {
	header To "$recipients"
	[ -z "${REPORT_FROM:-}" ] || header From "$REPORT_FROM"
	header Subject "${REPORT_SUBJECT:-TLS of mail at $(uname -n)}"
	header Date "$(date '+%a, %d %b %Y %H:%M:%S %z')"
	cat <<-END
		MIME-Version: 1.0
		Auto-Submitted: auto-generated
		Content-Type: multipart/mixed; boundary="$boundary"

		--$boundary
		Content-Type: text/plain; charset=utf-8
		Content-Transfer-Encoding: $(encoding "$text")

	END
	body "$text"
	cat <<-END

		--$boundary
		Content-Type: text/html; charset=utf-8; name="mailtls.html"
		Content-Disposition: attachment; filename="mailtls.html"
		Content-Transfer-Encoding: base64

	END
	base64 "$html"
	printf '\n--%s--\n' "$boundary"
}

[ "$#" -ge 2 ] || fail 'usage: report-mail TEXT HTML [RECIPIENT...]'
text=$1
html=$2
shift 2
recipients=root
for recipient; do
	case $recipient in
	-* | *[!\!-~]*) fail "'$recipient' is no address" ;;
	esac
	[ "$recipient" = "$1" ] && recipients=$recipient || recipients="$recipients, $recipient"
done
[ -s "$text" ] || fail "there is no report in '$text'"
[ -s "$html" ] || fail "there is no report in '$html'"
boundary=mailtls-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

# Whole before it is sent: a mail of half a report would be taken for one.
mail=$(mktemp)
trap 'rm -f "$mail"' EXIT
message >"$mail"
"${SENDMAIL:-/usr/sbin/sendmail}" -t -i <"$mail"
