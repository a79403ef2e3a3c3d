# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
#
# agree SERVER LOG TRUTH: TAP tests that a log says what the server's clients saw; $test counts
# them on.  The first asks grep, so that a difference tells the log from our reading of it.  Exim
# with GnuTLS logs no names of suites that could be compared as they are.  Sourced by what has
# such logs; $scratch is a folder for the caller's temporary files.

build=${BUILD:-build}

result() {
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
	fi
}

# Protocol and cipher of each handshake line, as the server spells them.
handshake_lines() {
	case $1 in
	postfix*)
		sed -nE '/tlsproxy.* established to /d; s/.* TLS connection established (from|to) .*: (TLSv[0-9.]+) with cipher ([^ ]+) .*/\2 \3/p'
		;;
	dovecot*)
		sed -nE 's/.*-login: .*, TLS(: [^,]*)?, (TLSv[0-9.]+) with cipher ([^ ]+) .*/\2 \3/p'
		;;
	cyrus*)
		sed -nE 's/.* starttls: (TLSv[0-9.]+) with cipher ([^ ]+) .*/\1 \2/p'
		;;
	sendmail*)
		sed -nE 's/.* STARTTLS=(server|client), relay=.* version=(TLSv[0-9.]+), .* cipher=([^ ,]+),.*/\2 \3/p'
		;;
	opensmtpd*)
		sed -nE 's/.* (smtp|mta) tls ciphers=(TLSv[0-9.]+):([^:]+):[0-9]+$/\2 \3/p'
		;;
	# One connection of exim-all is one handshake, however many messages it carries.
	exim-all*)
		sed -nE 's/.* \[([0-9.]+)\]:([0-9]+) I=.* X=TLS([0-9.]+):.*/\1:\2 TLSv\3/p' |
			sort -u | sed 's/.* //'
		;;
	# GnuTLS names the parts of a suite, and no suite.
	exim*)
		sed -nE '/ -> /d; s/.* X=TLS([0-9.]+):.* CV=.*/TLSv\1/p'
		;;
	esac | sed 's/^TLSv1\( \|$\)/TLSv1.0\1/'
}

truth_lines() {
	case $1 in
	exim*) named=0 ;;
	*) named=1 ;;
	esac
	awk -F '\t' -v named="$named" '$1 == "handshake" {
		for (i = 0; i < $7; i++)
			print named ? $3 " " $5 : $3
	}' "$2"
}

# compare_report FACT VIEW OPTION...
compare_report() {
	fact=$1 view=$2
	shift 2
	"$build/mailtls-report" --format csv --view "$view" "$@" "$log" >"$scratch/report.csv" &&
		"$(dirname "$0")/../real/compare.py" "$fact" "$mta" "$truth" "$scratch/report.csv"
}

agree() {
	mta=${1%%-*} log=$2 truth=$3
	handshake_lines "$1" <"$log" | sort >"$scratch/lines"
	truth_lines "$1" "$truth" | sort >"$scratch/truth"
	diff "$scratch/truth" "$scratch/lines" >"$scratch/diff"
	status=$?
	sed 's/^/# /' "$scratch/diff"
	[ -s "$scratch/truth" ] || status=1
	result "$status" "$1: grep counts in the log what the clients negotiated"

	compare_report cipher ciphers
	result $? "$1: mailtls-report counts exactly that, by protocol and suite"
	if [ "$mta" != exim ]; then
		compare_report cipher_raw ciphers --raw
		result $? "$1: and by the cipher's name as it stands in the log"
	fi

	compare_report session protocols --by internal
	result $? "$1: sessions, in clear text and by protocol, and what carried something"
	compare_report failure failures
	result $? "$1: failed handshakes, by the reason that their clients know"
}
