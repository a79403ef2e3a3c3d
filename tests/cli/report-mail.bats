#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The weekly mail, as a mail reader takes it apart.

setup() {
	mail=$BATS_TEST_TMPDIR/mail
	text=$BATS_TEST_TMPDIR/report.txt
	html=$BATS_TEST_TMPDIR/report.html
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies TZ=UTC LC_ALL=C COLUMNS=80 TMPDIR=$BATS_TEST_TMPDIR
	for format in text html; do
		"${BUILD:-build}/mailtls-report" --quiet --year=2026 --output="${!format}" \
			--format="$(echo "$format" | sed s/text/table/)" tests/data/sample-postfix.log
	done
	# What /usr/sbin/sendmail is to it: something that is called so and reads standard input.
	printf '#!/bin/sh\n[ "$*" = "-t -i" ] && exec cat >"%s"\n' "$mail" >"$BATS_TEST_TMPDIR/sendmail"
	chmod +x "$BATS_TEST_TMPDIR/sendmail"
	export SENDMAIL=$BATS_TEST_TMPDIR/sendmail
}

# taken_apart CODE: python with the message in `m`, its parts in `parts`, and the two files.
taken_apart() {
	python3 - "$mail" "$text" "$html" "$1" <<-'END'
		import email, email.policy, email.utils, sys
		raw = open(sys.argv[1], "rb").read()
		m = email.message_from_bytes(raw, policy=email.policy.default)
		def defects(part):
		    assert not part.defects, part.defects
		    for name, value in part.items(): # `root` has no domain before the mail system gives it one
		        assert name in ("To", "From") or not value.defects, (value, value.defects)
		for part in m.walk():
		    defects(part)
		assert all(len(line) <= 998 for line in raw.split(b"\n"))
		parts = list(m.iter_parts())
		text = open(sys.argv[2], encoding="utf-8").read()
		html = open(sys.argv[3], "rb").read()
		exec(sys.argv[4])
	END
}

@test "a text to be read, and a page attached to it" {
	share/report-mail.sh "$text" "$html"
	taken_apart '
assert m["To"] == "root" and m["From"] is None and m["MIME-Version"] == "1.0"
assert m["Subject"].startswith("TLS of mail at ")
assert m["Auto-Submitted"] == "auto-generated"
assert email.utils.parsedate_to_datetime(m["Date"])
assert m.get_content_type() == "multipart/mixed" and len(parts) == 2
assert parts[0].get_content_type() == "text/plain" and not parts[0].is_attachment()
assert parts[0]["Content-Transfer-Encoding"] == "7bit"
assert parts[0].get_content().rstrip("\n") == text.rstrip("\n")
assert parts[1].get_content_type() == "text/html" and parts[1].is_attachment()
assert parts[1].get_filename() == "mailtls.html"
assert parts[1].get_payload(decode=True) == html
'
}

@test "sparklines, and lines that are too long for mail, arrive as they were" {
	LC_ALL=C.UTF-8 COLUMNS=1200 "${BUILD:-build}/mailtls-report" --quiet --year=2026 \
		--output="$text" tests/data/sample-postfix.log
	{
		echo .
		echo 'From here'
		printf '%01200d\n' 7
	} >>"$text"
	share/report-mail.sh "$text" "$html" a@example.org 'b@example.org'
	taken_apart '
assert m["To"] == "a@example.org, b@example.org"
assert parts[0]["Content-Transfer-Encoding"] == "base64"
assert "\u2588" in text and parts[0].get_content() == text
'
}

@test "no second header, whoever names the sender or the subject" {
	REPORT_FROM='tls@example.org
Bcc: x@example.org' REPORT_SUBJECT="TLS$(printf '\r\n')X-Evil: 1" share/report-mail.sh "$text" "$html"
	taken_apart '
assert m["Bcc"] is None and m["X-Evil"] is None, m.items()
assert m["From"].startswith("tls@example.org")
'
	run share/report-mail.sh "$text" "$html" '-oQ/tmp'
	[ "$status" -eq 1 ]
	run share/report-mail.sh "$text" "$html" 'a@example.org
Bcc: x@example.org'
	[ "$status" -eq 1 ]
	[[ $output == *'is no address'* ]]
}

@test "no mail without a report, and a failure to send is one" {
	rm -f "$mail"
	run share/report-mail.sh "$text" "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	: >"$BATS_TEST_TMPDIR/empty"
	run share/report-mail.sh "$BATS_TEST_TMPDIR/empty" "$html"
	[ "$status" -eq 1 ]
	[[ $output == *'there is no report in '*empty* ]]
	[ ! -e "$mail" ]
	SENDMAIL=false run share/report-mail.sh "$text" "$html"
	[ "$status" -ne 0 ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name 'tmp.*')" ]
}
