#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls.yaml: what it changes, what wins over it, and that manual, example and parser name the
# same keys.

setup() {
	tree=$PWD
	build=$PWD/${BUILD:-build}
	data=$PWD/tests/data
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies TZ=UTC LC_ALL=C
	unset MAILTLS_STORE MAILTLS_CONFIG
	cd "$BATS_TEST_TMPDIR" || return 1
	: >mailtls.yaml
}

same() {
	[ -s "$1" ]
	diff "$1" "$2"
}

# refused TEXT: what a program says of a configuration, which is then wrong.
refused() {
	printf '%s\n' "$1" >wrong.yaml
	! "$build/mailtls-report" --config=wrong.yaml "$data/sample-exim.log" 2>&1
}

# keys TEXT: those that there are, one a line, of a mapping in which `zzz` is none.
keys() {
	refused "$1" | sed -n 's/.*; its keys: //p' | tr -d ' ' | tr , '\n' | sort
}

all_keys() {
	keys 'zzz: 1'
	keys 'sources: [{path: /a, zzz: 1}]'
	keys 'sources: [{journal: local, zzz: 1}]'
	keys 'retention: {zzz: 1}'
}

# example: the installed one with nothing commented out.
example() {
	sed -E 's/^#([a-z]|  )/\1/' "$tree/systemd/mailtls.yaml"
}

@test 'the manual has every key, and no other' {
	[ "$(all_keys | wc -l)" -ge 20 ]
	all_keys | sort -u >keys
	awk '/^\.It Cm / { for (i = 3; i <= NF; i++) if ($i != ",") print $i }' \
		"$tree/man/mailtls.yaml.5" | grep -vxE 'units|users|any' | sort -u >page
	echo units >>page
	sort -u -o page page
	same keys page
}

@test 'the example has every key, and no other' {
	all_keys | sort -u >keys
	example | sed -nE 's/^ *(- )?([a-z_]+):.*/\2/p' | sort -u >example
	same keys example
}

@test 'the example is right, as it is and with nothing commented out' {
	"$build/mailtls-report" --config="$tree/systemd/mailtls.yaml" "$data/sample-exim.log" >plain
	MAILTLS_CONFIG=/dev/null "$build/mailtls-report" "$data/sample-exim.log" | diff - plain
	example >whole.yaml
	grep -q '^store: ' whole.yaml
	"$build/mailtls-report" --config=whole.yaml "$data/sample-exim.log"
	"$build/mailtlsd" --config=whole.yaml --check
}

@test 'the times in the example are the defaults' {
	for key in hours minutes peers reasons imports; do
		value=$(example | sed -n "s/^  $key: //p")
		awk -v key="$key" -v value="$value" '
			/^\.Ss / { inside = $2 == "Retention" }
			inside && $1 == ".It" { at = $3 == key }
			at && $1 == ".Li" && $2 == value { found = 1 }
			END { exit !found }' "$tree/man/mailtls.yaml.5"
	done
}

@test 'a wrong file is told with its place, and nothing is done' {
	printf 'store: /tmp/x.db\nsorces: []\n' >wrong.yaml
	for program in d -report -import -pattern -store; do
		case $program in
		d) set -- --check ;;
		-report) set -- "$data/sample-exim.log" ;;
		-import) set -- --store=s.db "$data/sample-exim.log" ;;
		-pattern) set -- check ;;
		-store) set -- info ;;
		esac
		run "$build/mailtls$program" --config=wrong.yaml "$@"
		[ "$status" -eq 1 ]
		[ "$output" = "mailtls$program: wrong.yaml:2:1: 'sorces' is not a key of the configuration; did you mean 'sources'?" ]
	done
	[ ! -e s.db ]
	run "$build/mailtls-report" --config=none.yaml "$data/sample-exim.log"
	[ "$status" -eq 1 ]
	[[ $output == *'none.yaml: cannot be read: No such file or directory' ]]
}

@test 'of the store: the option, the variable, the configuration' {
	printf 'store: %s/configured.db\n' "$PWD" >mailtls.yaml
	export MAILTLS_CONFIG=mailtls.yaml
	"$build/mailtls-import" --quiet "$data/sample-exim.log"
	rm configured.db
	MAILTLS_STORE=named.db "$build/mailtls-import" --quiet "$data/sample-exim.log"
	rm named.db
	MAILTLS_STORE=named.db "$build/mailtls-import" --store=given.db --quiet "$data/sample-exim.log"
	[ ! -e configured.db ]
	[ ! -e named.db ]
	mv given.db configured.db
	"$build/mailtls-store" info | grep -q "^store  *$PWD/configured.db"
	"$build/mailtls-report" --since=2000-01-01 | grep -q exim
}

@test 'the variable names the file where the option does not' {
	echo 'peers: strong' >wrong.yaml
	MAILTLS_CONFIG=wrong.yaml run "$build/mailtls-report" "$data/sample-exim.log"
	[ "$status" -eq 1 ]
	[[ $output == *"wrong.yaml:1:8: 'peers' is off, weak or all"* ]]
	MAILTLS_CONFIG=wrong.yaml "$build/mailtls-report" --config=mailtls.yaml "$data/sample-exim.log"
}

# facts CONFIG: those of the labelled log, by fact and peer.
facts() {
	"$build/mailtls-pattern" match --config="$1" --year=2026 "$data/internal.log" |
		jq -r '[.fact, .mta, .direction, .service, .peer, .internal] | @tsv'
}

@test 'internal is what the site says, beside the machine itself' {
	cat >site.yaml <<-'END'
		internal: [10.0.0.0/8, '2001:db8:1::/48']
		trusted_proxies: [192.0.2.80]
	END
	facts mailtls.yaml >found
	tail -n +2 "$data/internal.truth.tsv" | cut -f 1-6 | diff - found
	facts site.yaml >found
	tail -n +2 "$data/internal.truth.tsv" | cut -f 1-5,7 | diff - found
}

@test 'an import and a report of the log know the same internal traffic' {
	cat >site.yaml <<-'END'
		internal: [10.0.0.0/8, '2001:db8:1::/48']
		trusted_proxies: [192.0.2.80]
	END
	"$build/mailtls-import" --config=site.yaml --store=s.db --year=2026 --quiet "$data/internal.log"
	for fact in handshake session failure; do
		for internal in 0 1; do
			truth=$(awk -F '\t' -v fact=$fact -v internal=$internal \
				'$1 == fact && ($7 == "true") == internal' "$data/internal.truth.tsv" | wc -l)
			stored=$(sqlite3 s.db "SELECT coalesce(sum(n), 0) FROM count c JOIN tuple t ON t.id = c.tuple
				WHERE fact = '$fact' AND internal = $internal")
			[ "$stored" -eq "$truth" ]
		done
	done
	for internal in exclude only; do
		"$build/mailtls-report" --config=site.yaml --store=s.db --since=2026-11-01 --internal=$internal \
			--format=csv | cut -d , -f 7-17 >stored
		"$build/mailtls-report" --config=site.yaml --year=2026 --internal=$internal --format=csv \
			"$data/internal.log" | cut -d , -f 7-17 >read
		same stored read
	done
}

@test 'a zone for the site, another for a source, and the option over both' {
	printf '%s\n' '2026-11-24 06:00:11 1vNeXA-000001-01 <= a@example.net H=a.example.net [198.51.100.1] P=esmtp S=1' >a.log
	cp a.log b.log
	cp a.log b.log.1
	printf 'timezone: Europe/Berlin\nsources: [{path: %s/b.log, timezone: Asia/Kolkata}]\n' "$PWD" >mailtls.yaml
	at() {
		"$build/mailtls-pattern" match --config=mailtls.yaml "$@" | jq -r .time
	}
	[ "$(at a.log)" = 2026-11-24T05:00:11Z ]
	[ "$(at b.log)" = 2026-11-24T00:30:11Z ]
	[ "$(at b.log.1)" = 2026-11-24T00:30:11Z ]
	[ "$(at --tz=UTC b.log)" = 2026-11-24T06:00:11Z ]
	hour() {
		sqlite3 s.db "SELECT strftime('%H:%M', hour, 'unixepoch') FROM count"
	}
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet b.log
	[ "$(hour)" = 00:00 ]
	rm s.db
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet a.log
	[ "$(hour)" = 05:00 ]
	rm s.db
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --tz=UTC --quiet b.log
	[ "$(hour)" = 06:00 ]
}

@test "a source's host is that of its lines that name none, for all programs" {
	printf '%s\n' '2026-11-24 06:00:11 1vNeXA-000001-01 <= a@example.net H=a.example.net [198.51.100.1] P=esmtp S=1' >mainlog
	printf "sources: [{path: '%s/main*', host: mx7}]\n" "$PWD" >mailtls.yaml
	[ "$("$build/mailtls-pattern" match --config=mailtls.yaml mainlog | jq -r .host)" = mx7 ]
	[ "$("$build/mailtls-pattern" match --config=mailtls.yaml --host=mx8 mainlog | jq -r .host)" = mx8 ]
	[ "$("$build/mailtls-report" --config=mailtls.yaml --format=csv --by=host --internal=include mainlog |
		tail -1 | cut -d , -f 3)" = mx7 ]
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet mainlog
	[ "$(sqlite3 s.db 'SELECT host FROM tuple')" = mx7 ]
}

@test 'the policy of peers is the configured one, unless an option gives another' {
	printf 'peers: all\npeer_addresses: net\n' >mailtls.yaml
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet "$data/sample-exim.log"
	"$build/mailtls-store" --store=s.db info | grep -q '^peers  *all .*addresses net'
	"$build/mailtls-import" --store=s.db --config=/dev/null --quiet "$data/sample-exim.log"
	"$build/mailtls-store" --store=s.db info | grep -q '^peers  *all .*addresses net'
	"$build/mailtls-import" --store=s.db --config=mailtls.yaml --peers=off --quiet "$data/sample-exim.log"
	"$build/mailtls-store" --store=s.db info | grep -q '^peers  *off .*addresses net'
}

@test 'what is kept is for so long as it says, until it says otherwise' {
	for days in 2 5 300; do
		echo "$(date -u -d "$days days ago" +%FT%TZ) mx1 postfix/smtpd[1]: Anonymous TLS connection established from a.example.net[192.0.2.$days]: TLSv1 with cipher AES128-SHA (128/128 bits)"
	done >mail.log
	kept() {
		sqlite3 s.db 'SELECT (SELECT count(*) FROM peer_day), (SELECT count(*) FROM minute)'
	}
	"$build/mailtls-import" --config=/dev/null --store=s.db --quiet mail.log
	[ "$(kept)" = '2|2' ]
	rm s.db*
	echo 'retention: {peers: forever, minutes: 400d}' >mailtls.yaml
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet mail.log
	[ "$(kept)" = '3|3' ]
	"$build/mailtls-import" --config=/dev/null --store=s.db --quiet mail.log
	[ "$(kept)" = '3|3' ]
	grep -a -q -F 192.0.2.5 s.db
	echo 'retention: {peers: 4d}' >mailtls.yaml
	"$build/mailtls-import" --config=mailtls.yaml --store=s.db --quiet mail.log
	[ "$(kept)" = '1|3' ]
	# Of who is not kept any more no byte is there, in none of the store's files.
	[ "$(cat s.db* | grep -a -c -F 192.0.2.5)" = 0 ]
}

@test 'an import that is too old to be taken back' {
	"$build/mailtls-import" --store=s.db --config=mailtls.yaml --quiet "$data/sample-exim.log"
	sqlite3 s.db "UPDATE import SET time = time - 2 * 86400"
	echo 'retention: {imports: 1d}' >mailtls.yaml
	"$build/mailtls-import" --store=s.db --config=mailtls.yaml --quiet "$data/sample-postfix.log"
	run "$build/mailtls-store" --store=s.db --config=mailtls.yaml undo 1
	[ "$status" -eq 1 ]
	[[ $output == *'import 1 cannot be undone: what it added is not kept any more'* ]]
	"$build/mailtls-store" --store=s.db --config=mailtls.yaml undo 2
}

@test 'pattern files of a configured folder take the place of installed ones' {
	unset MAILTLS_PATTERNS
	mkdir own bin
	cp "$build/mailtls-pattern" bin # finds those beside it
	ln -s "$tree/patterns" patterns
	sed 's/^about: .*/about: of this site/' "$tree/patterns/exim.yaml" >own/exim.yaml
	printf 'patterns: %s/own\n' "$PWD" >mailtls.yaml
	bin/mailtls-pattern check --config=mailtls.yaml >checked
	grep -qx "$PWD/own/exim.yaml: exim: .*" checked
	[ "$(grep -c ': exim: ' checked)" -eq 1 ]
	grep -q '/postfix.yaml: postfix: ' checked
}

@test 'a report without a store reads the sources' {
	mkdir logs
	grep smtpd "$data/sample-postfix.log" | head -60 >logs/a.log.1
	grep smtpd "$data/sample-postfix.log" | tail -n +61 >logs/a.log
	cp "$data/sample-exim.log" logs/exim.log
	cat >sources.yaml <<-END
		store: $PWD/none.db
		sources:
		  - {path: $PWD/logs/a.lo?, host: mx9}
		  - {path: $PWD/logs/exim.log, host: mx8}
	END
	report() {
		"$build/mailtls-report" --quiet --since=2026-10-01 --until=2026-10-20 --year=2026 \
			--by=host --view=protocols --format=csv "$@"
	}
	report --config=sources.yaml >read 2>told
	grep -qF "there is no store yet; reading $PWD/logs/a.log.1, $PWD/logs/a.log, $PWD/logs/exim.log" told
	report --config=sources.yaml logs/* >named
	same read named
	grep -q ',mx8,' read
	# What is configured and not there is told, and fails, like a log that was named.
	rm logs/exim.log
	run report --config=sources.yaml
	[ "$status" -eq 1 ]
	[[ $output == *"exim.log' does not exist"* ]]
	[[ $output == *,postfix,in,mx,* ]]
}
