#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtlsd's command line; what it does with logs is held in tests/scenario/daemon-*.sh.

setup() {
	daemon=$PWD/${BUILD:-build}/mailtlsd
	import=$PWD/${BUILD:-build}/mailtls-import
	session=$PWD/tests/scenario/daemon/session.awk
	export MAILTLS_PATTERNS=$PWD/patterns TZ=UTC LC_ALL=C
	unset MAILTLS_STORE MAILTLS_CONFIG NOTIFY_SOCKET
	cd "$BATS_TEST_TMPDIR" || return 1
	: >mailtls.yaml
	export MAILTLS_CONFIG=mailtls.yaml
	awk -v from=0 -v lines=40 -v start=1795000000 -f "$session" >mail.log
}

# run_until FILE TEXT [OPTION...]: mailtlsd until it says TEXT into FILE, then SIGTERM.
run_until() {
	file=$1 text=$2
	shift 2
	"$daemon" "$@" >"$file" 2>&1 3>&- &
	pid=$!
	tries=0
	until grep -q "$text" "$file"; do
		[ $tries -lt 600 ] || break
		kill -0 $pid || break
		tries=$((tries + 1))
		sleep 0.1
	done
	kill -TERM $pid
	wait $pid
}

@test 'what is followed is said at the start' {
	run_until out 'following' --store=s.db mail.log
	grep -q "^mailtlsd: following .* 's.db'$" out
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 10 ]
}

@test 'under systemd messages carry their level' {
	mkfifo pipe
	exec 7<>pipe
	JOURNAL_STREAM=$(stat -L -c %d:%i pipe) "$daemon" --store=s.db --patterns=none mail.log 2>&7 3>&- ||
		status=$?
	[ "$status" -eq 1 ]
	read -r line <&7
	[[ $line == '<3>'*none* ]]
}

@test 'check says what is wrong, and touches nothing' {
	run "$daemon" --check --store=s.db mail.log
	[ "$status" -eq 0 ]
	[[ $output == *'are good'* ]]
	printf 'sources:\n  - path: mail.log\n' >mailtls.yaml
	run "$daemon" --check --store=s.db
	[ "$status" -eq 1 ]
	[[ $output == *'mailtls.yaml:2:'* ]]
	printf 'sources:\n  - path: /var/log/none.log\n' >mailtls.yaml
	run "$daemon" --check --store=s.db
	[ "$status" -eq 0 ]
	mkdir broken
	printf 'mta: broken\npatterns: [\n' >broken/broken.yaml
	run "$daemon" --check --store=s.db --patterns=broken
	[ "$status" -eq 1 ]
	[[ $output == *'broken/broken.yaml:'* ]]
	[ ! -e s.db ]
	[ ! -e s.db.lock ]
}

@test 'status of what is, was, and never was followed' {
	run "$daemon" --status --store=s.db
	[ "$status" -eq 1 ]
	[[ $output == *"there is no store 's.db'"* ]]
	"$import" --quiet --store=s.db mail.log
	run "$daemon" --status --store=s.db
	[ "$status" -eq 0 ]
	[[ $output == *'followed nothing yet'* ]]
	awk -v from=40 -v lines=40 -v start=1795000000 -f "$session" >>mail.log
	run_until out 'following' --store=s.db mail.log
	run "$daemon" --status --store=s.db
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "mailtlsd is not running on 's.db'" ]]
	[[ ${lines[1]} == "$PWD/mail.log (file)" ]]
	[[ $output == *'last event  2026-11-18 '* ]]
	[[ $output == *' 0 bytes of '* ]]
	[[ $output == *' 40 lines, '* ]]
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 20 ]
}

@test 'a name cannot do anything to the terminal' {
	name=$(printf 'mail\033]0;x\007.log')
	cp mail.log "$name"
	run_until out 'following' --store=s.db "$name"
	"$daemon" --status --store=s.db >status
	[ "$(grep -c "$(printf '\033')" status)" -eq 0 ]
	grep -qF 'mail\x1b' status
}

@test 'sources of the configuration' {
	cat >mailtls.yaml <<-END
		store: $PWD/c.db
		sources:
		  - path: $PWD/mail.log
		  - path: $PWD/other.*
	END
	awk -v from=40 -v lines=80 -v start=1795000000 -f "$session" >other.log
	run_until out 'following'
	[ "$(sqlite3 c.db 'SELECT sum(n) FROM handshake')" = 30 ]
	[ "$(sqlite3 c.db 'SELECT count(*) FROM source WHERE followed > 0')" = 2 ]
}

@test 'the policy for peers is that of the configuration' {
	printf 'peers: all\n' >mailtls.yaml
	run_until out 'following' --store=s.db mail.log
	[ "$(sqlite3 s.db 'SELECT peers FROM peer_policy')" = all ]
}

@test 'wrong calls' {
	for wrong in --poll=0 --poll=x --poll= --tz=Nowhere/Land --no-such; do
		run "$daemon" --store=s.db "$wrong" mail.log
		[ "$status" -ne 0 ]
		[ "${#lines[@]}" -eq 1 ]
	done
	run "$daemon" --store=/nonexistent/s.db mail.log
	[ "$status" -eq 1 ]
	[[ $output == *'/nonexistent/s.db'* ]]
	run "$daemon" --store=mail.log mail.log
	[ "$status" -eq 1 ]
}

@test 'sessions that there is no room for are told' {
	awk 'BEGIN { for (i = 0; i < 65536 + 7; i++)
		printf "2026-11-18T10:%02d:%02d+00:00 mx1 postfix/smtpd[%d]: connect from a[192.0.2.1]\n", i / 6000, i / 100 % 60, i
	}' >many.log
	run_until out 'following' --store=s.db "$PWD/many.log"
	run "$daemon" --status --store=s.db
	[[ $output == *'ended early 7 sessions, as too many were open at once'* ]]
	run "${daemon%/mailtlsd}/mailtls-report" --store=s.db --since=2026-11-18 --until=2026-11-19
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'Lost 7 sessions were ended early'* ]]
	"$import" --quiet --store=i.db many.log
	[ "$(sqlite3 i.db 'SELECT evicted FROM source')" -eq 7 ]
	"${daemon%/mailtlsd}/mailtls-store" --store=i.db undo 1
	[ "$(sqlite3 i.db 'SELECT coalesce(sum(evicted), 0) FROM source')" -eq 0 ]
}

# A handshake in each of these hours before now, and the last one half an hour earlier.
spoken() { # HOUR...
	now=$(date +%s)
	for hour in "$@"; do
		echo "$(date -u -d "@$((now - hour * 3600 - 1800))" +%FT%TZ) mx1 postfix/smtpd[1]: Anonymous TLS connection established from a[192.0.2.1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
	done
}

@test 'a source that falls silent is told by its own rhythm' {
	report=${daemon%/mailtlsd}/mailtls-report
	spoken $(seq 60 -1 9) >always.log
	spoken $(seq 90 -1 60) $(seq 54 -1 36) $(seq 30 -1 9) >nights.log
	spoken $(seq 30 -1 9) >new.log
	run_until out 'following' --store=s.db "$PWD/always.log" "$PWD/nights.log" "$PWD/new.log"
	run "$report" --store=s.db
	text=$(tr -s ' \n' ' ' <<<"$output")
	[[ $text == *"no event from '$PWD/always.log' for 9 h 3"*" min, where 1 h 0 min was long in the four weeks before"* ]]
	[[ $text != *"no event from '$PWD/n"* ]]
	"$report" --store=s.db --view=coverage --format=csv >csv
	[ "$(grep -c 'always.log.*no event from .*--status' csv)" -eq 1 ]
	[ "$(grep -c 'no event from' csv)" -eq 1 ]
	# Not of a time that is over, nor if nothing is to be advised, nor of what is no service's.
	run "$report" --store=s.db --until=yesterday
	[[ $output != *'no event from'* ]]
	run "$report" --store=s.db --no-hints
	[[ $output != *'no event from'* ]]
	run "$report" always.log
	[[ $output != *'no event from'* ]]
}
