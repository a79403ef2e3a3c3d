# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154
#
# The clients' side: each session says what the CLIENT saw, in $work/SERVER.record, one line
#
#   tls PROTOCOL CIPHER UNITS SCREENED CARRIED DIRECTION
#   clear - - 0 SCREENED CARRIED DIRECTION
#   refused REASON - 0 SCREENED 0 DIRECTION
#
# spelled as the client prints them; UNITS is how many lines the server logs for the handshake,
# CARRIED how many messages or logins the server took, SCREENED 1 if a screening service talked
# to the client and no session followed, DIRECTION the server's side of it.  A client names a cipher as soon as one is chosen, also
# when the handshake then fails: so a session counts only when the server has answered inside
# TLS.  Sourced by lab.sh, which sets $work and the addresses.

openssl_client() {
	chroot "$work/client" timeout 15 openssl "$@"
}

smtp_starttls=$'EHLO scanner.example.test\r\nSTARTTLS\r\n'
smtp_hello=$'EHLO scanner.example.test\r\nQUIT\r\n'
smtp_quit=$'QUIT\r\n'
smtp_message=$'EHLO client.example.test\r\nMAIL FROM:<a@client.example.test>\r\n'
smtp_message+=$'RCPT TO:<u@example.test>\r\nDATA\r\nSubject: TLSv1 with cipher RC4-MD5 (128/128 bits)\r\n'
smtp_message+=$'\r\nhello\r\n.\r\nQUIT\r\n'
smtp_two_messages=${smtp_message%QUIT*}${smtp_message#*.test$'\r\n'}
imap_starttls=$'a STARTTLS\r\n'
imap_login=$'a LOGIN user secret\r\nb LOGOUT\r\n'
imap_logout=$'b LOGOUT\r\n'
pop3_login=$'USER user\r\nPASS secret\r\nQUIT\r\n'

# What servers answer when they have taken a message or a login.
taken='^250 .*(queued|id=|accepted for delivery)|^a OK .*ogged in|^\+OK .*(ogged in|locked and ready)'

# say OUT GREETINGS INPUT: all of it at once; with $lockstep, for a server that will have it so, each
# command after the answer to the one before, which appears in OUT (behind so many greetings).
say() {
	local out=$1 owed=$2 line body='' tries
	if [ -z "${lockstep:-}" ]; then
		printf '%s' "$3"
		return
	fi
	while IFS= read -r line && [ -n "$line" ]; do
		if [ "$body" != yes ]; then
			for tries in $(seq 400); do
				[ "$(grep -cE '^[0-9]{3} ' "$out")" -lt "$owed" ] || break
				sleep 0.05
			done
			[ "$body" != begins ] || body=yes
		fi
		printf '%s\n' "$line" || return
		case $body:$line in
		:DATA*) body=begins ;;
		yes:.?) body= ;;
		esac
		[ "$body" = yes ] || owed=$((owed + 1))
	done <<<"$3"
}

# record SERVER KIND NAME CIPHER UNITS CARRIED [DIRECTION]
record() {
	echo "$2 $3 $4 $5 ${screened:-0} $6 ${7:-in}" >>"$work/$1.record"
}

# screened FUNCTION ARGUMENT...: a session with what stands before the server, and only with it.
screened() {
	local screened=1
	"$@"
}

# negotiated ERR: protocol and cipher, as s_client names them.
negotiated() {
	awk '/^Protocol version:/ { protocol = $3 }
		/^Ciphersuite:/ { cipher = $2 }
		END { if (protocol && cipher) print protocol, cipher }' "$1"
}

# session SERVER UNITS ANSWER INPUT OPTION...: one s_client session that must succeed.  ANSWER is
# a regular expression for the last thing the server says inside TLS.
session() {
	local server=$1 units=$2 answer=$3 input=$4 out err negotiated greetings
	shift 4
	out=$(mktemp "$work/out.XXXXXX")
	err=$(mktemp "$work/err.XXXXXX")
	[[ $* == *-starttls* ]] && greetings=0 || greetings=1
	# shellcheck disable=SC2094 # what is said next depends on what was answered
	say "$out" "$greetings" "$input" |
		openssl_client s_client -brief -ign_eof "$@" >"$out" 2>"$err" || :
	negotiated=$(negotiated "$err")
	if [ -n "$negotiated" ] && grep -q "$answer" "$out"; then
		# shellcheck disable=SC2086
		record "$server" tls $negotiated "$units" "$(grep -cE "$taken" "$out" || :)"
	else
		{
			echo "no answer inside TLS: $server: s_client $*"
			cat "$out" "$err"
		} >>"$work/$server.trouble"
	fi
	rm -f "$out" "$err"
}

# broken SERVER UNITS GREETING OPTION...: one s_client session to a port with implicit TLS that is
# killed once the server has greeted it.
broken() {
	local server=$1 units=$2 greeting=$3 out err pid tries
	shift 3
	out=$(mktemp "$work/out.XXXXXX")
	err=$(mktemp "$work/err.XXXXXX")
	chroot "$work/client" openssl s_client -brief "$@" < <(sleep 20) >"$out" 2>"$err" &
	pid=$!
	for tries in $(seq 100); do
		! grep -q "$greeting" "$out" || break
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null || :
	if grep -q "$greeting" "$out"; then
		# shellcheck disable=SC2046
		record "$server" tls $(negotiated "$err") "$units" 0
	else
		echo "no greeting after $((tries / 10)) s: $server: s_client $*" >>"$work/$server.trouble"
	fi
	rm -f "$out" "$err"
}

# Why the client has no handshake, in its own words: the alert it got, or what it did not like.
# Where the server hung up without one, it is what nobody else offers: CAMELLIA, or TLSv1 alone.
refusal() {
	local err=$1
	shift
	case $(cat "$err"):$* in
	*'certificate verify failed'*) echo certificate-rejected ;;
	*'alert protocol version'*) echo unsupported-protocol ;;
	*'alert handshake failure'*) echo no-shared-cipher ;;
	*'alert insufficient security'*) echo no-shared-cipher ;;
	*'alert decrypt error'*) echo other ;;
	*'alert certificate required'*) echo verify-failed ;;
	*'unexpected eof'*CAMELLIA*) echo no-shared-cipher ;;
	*'unexpected eof'*' -tls1 '*) echo unsupported-protocol ;;
	*) return 1 ;;
	esac
}

# refused SERVER OPTION...: one s_client session that must not come to a handshake.
refused() {
	local server=$1 err reason
	shift
	err=$(mktemp "$work/err.XXXXXX")
	if ! printf 'QUIT\r\n' | openssl_client s_client -brief -ign_eof "$@" \
		>/dev/null 2>"$err" && reason=$(refusal "$err" "$@"); then
		record "$server" refused "$reason" - 0 0
	else
		{
			echo "a refused handshake was expected: $server: s_client $*"
			cat "$err"
		} >>"$work/$server.trouble"
	fi
	rm -f "$err"
}

# approach PORT [COMMANDS ANSWER]: connects $peer as far as a handshake is due, at once or after
# COMMANDS, each when the one before was answered, the last by a line that matches ANSWER.
approach() {
	local port=$1 commands=${2:-} answer=${3:-} command line
	exec {peer}<>"/dev/tcp/$server_address/$port"
	if [ -n "$commands" ]; then
		read -r -t 5 line <&"$peer"
		while read -r command; do
			printf '%s\n' "$command" >&"$peer"
			line=
			until [[ $line =~ ^([0-9]{3}|a)' ' ]]; do
				read -r -t 5 line <&"$peer"
			done
		done <<<"${commands%$'\n'}"
		[[ $line =~ $answer ]]
	fi
}

# junk SERVER PORT [COMMANDS ANSWER]: what scanners send instead of a handshake.
junk() {
	local server=$1 peer
	shift
	approach "$@"
	# The server may hang up in the middle of it.
	{ printf 'GET / HTTP/1.0\r\n\r\n' >&"$peer" || :; } 2>/dev/null
	timeout 2 cat <&"$peer" >/dev/null 2>&1 || :
	exec {peer}>&-
	record "$server" refused not-tls - 0 0
}

# left SERVER PORT [COMMANDS ANSWER]: a client that hangs up instead, as one that looks whether
# there is a server does.
left() {
	local server=$1 peer
	shift
	approach "$@"
	exec {peer}>&-
	record "$server" refused lost-connection - 0 0
}

# clear SERVER ADDRESS PORT ANSWER INPUT: a session in clear text that never asks for TLS.
clear() {
	local server=$1 address=$2 port=$3 answer=$4 input=$5 out peer
	out=$(mktemp "$work/out.XXXXXX")
	exec {peer}<>"/dev/tcp/$address/$port"
	timeout 10 cat <&"$peer" >"$out" &
	# The server may hang up before all is said, which then ends who says it.
	(say "$out" 1 "$input" >&"$peer") 2>/dev/null || :
	wait $! || :
	exec {peer}>&-
	if ! grep -q "$answer" "$out"; then
		{
			echo "no answer in clear text: $server: port $port"
			cat "$out"
		} >>"$work/$server.trouble"
	elif [ "$address" != 127.0.0.1 ]; then
		record "$server" clear - - 0 "$(grep -cE "$taken" "$out" || :)"
	fi
	rm -f "$out"
}

# mail SERVER PORT OPTION...: one message by swaks, in clear text or over TLS.
mail() {
	local server=$1 port=$2 out negotiated
	shift 2
	out=$(mktemp "$work/out.XXXXXX")
	if chroot "$work/client" swaks --server "$server_address" --port "$port" \
		--helo client.example.test --from a@client.example.test --to u@example.test \
		--header 'Subject: X=TLS1.0:RSA__ARCFOUR_128__MD5:128' --timeout 10 "$@" >"$out" 2>&1; then
		negotiated=$(sed -n 's/^=== TLS started with cipher \([^:]*\):\([^:]*\):.*/\1 \2/p' "$out")
		# shellcheck disable=SC2086
		if [ -n "$negotiated" ]; then
			record "$server" tls $negotiated 1 1
		else
			record "$server" clear - - 0 1
		fi
	else
		{
			echo "message not taken: $server: swaks $*"
			cat "$out"
		} >>"$work/$server.trouble"
	fi
	rm -f "$out"
}

# wait_for_port PORT: until something listens there, without a connection that would be logged.
wait_for_port() {
	local hex tries
	hex=$(printf ':%04X ' "$1")
	for tries in $(seq 300); do
		grep -q "^ *[0-9]*: [0-9A-F]*${hex}[0-9A-F:]* 0A" /proc/net/tcp && return
		sleep 0.1
	done
	echo "nothing listens on port $1 after $((tries / 10)) s" >&2
	return 1
}

# The suites every server speaks: times, s_client's protocol option, cipher, group.
suites() {
	cat <<-'END'
		1 -tls1 ECDHE-RSA-AES256-SHA X25519
		2 -tls1 AES128-SHA X25519
		1 -tls1_1 AES256-SHA X25519
		1 -tls1_1 ECDHE-RSA-AES128-SHA P-256
		3 -tls1_2 ECDHE-RSA-AES256-GCM-SHA384 X25519
		1 -tls1_2 ECDHE-RSA-AES256-GCM-SHA384 P-384
		2 -tls1_2 ECDHE-RSA-CHACHA20-POLY1305 X25519
		1 -tls1_2 ECDHE-ECDSA-AES128-GCM-SHA256 P-256
		1 -tls1_2 ECDHE-ECDSA-CHACHA20-POLY1305 X25519:P-256
		1 -tls1_2 ECDHE-RSA-AES256-SHA X25519
		1 -tls1_2 DHE-RSA-AES256-GCM-SHA384 X25519
		1 -tls1_2 DHE-RSA-AES128-SHA X25519
		1 -tls1_2 AES128-SHA X25519
		1 -tls1_2 AES256-GCM-SHA384 X25519
		2 -tls1_3 TLS_AES_256_GCM_SHA384 X25519
		1 -tls1_3 TLS_AES_256_GCM_SHA384 P-256
		1 -tls1_3 TLS_AES_128_GCM_SHA256 P-521
		2 -tls1_3 TLS_CHACHA20_POLY1305_SHA256 X25519
	END
}

# each_suite FUNCTION ARGUMENT...: calls FUNCTION for every suite and time, a few side by side,
# with s_client's options for it appended.
# $without leaves out suites that match it, and $groups is for all of them, where a server has but
# one certificate or one group.
each_suite() {
	local times protocol cipher group option running=0
	while read -r times protocol cipher group; do
		option=-cipher
		[ "$protocol" = -tls1_3 ] && option=-ciphersuites || cipher+=:@SECLEVEL=0
		while [ $((times--)) -gt 0 ]; do
			"$@" "$protocol" "$option" "$cipher" -groups "${groups:-$group}" &
			if [ $((++running)) -ge 4 ]; then
				wait -n
			fi
		done
	done < <(suites | grep -v "${without:-^\$}")
	wait_clients
}

# Waits for the sessions in the background, and not for servers that this shell started.
wait_clients() {
	local pid
	for pid in $(jobs -p); do
		case " ${server_pids:-} " in
		*" $pid "*) ;;
		*) wait "$pid" || : ;;
		esac
	done
}
