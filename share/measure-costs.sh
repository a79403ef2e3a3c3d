#!/bin/sh
# SPDX-License-Identifier: ISC
#
# usage: measure-costs [SECONDS [OPERATION...]] >costs.yaml
#
# Measures what the operations of a TLS handshake cost on this machine, for `mailtls-report
# --view=capacity --cost=costs.yaml`: of each OPERATION (all that are known if none is named) for
# SECONDS (3).  Run it where the mail server runs, with the OpenSSL that it uses, while little else
# does.  mailtls-report(1) explains the file.
#
# OPENSSL   the program (openssl)

set -eu
export LC_ALL=C
openssl=${OPENSSL:-openssl}

fail() {
	echo "measure-costs: $*" >&2
	exit 1
}

# What tells the line of its rates, what it is to mailtls, and to `openssl speed`, whose last lines
# hold operations a second:
#
#   +F2:2:2048:SIGN:VERIFY... of RSA, +F4:3:256:SIGN:VERIFY of ECDSA, +F6:0:253:Ed25519:SIGN:VERIFY,
#   +F5:22:253:DERIVE:... of curves, +F8:0:2048:DERIVE:... of finite fields,
#   +F9:15:GENERATE:ENCAPSULATE:DECAPSULATE of hybrids, since OpenSSL 3.5
#
# Of some it times other operations too, in lines that are told by another word.
names='
+F2 rsa2048 rsa2048
+F2 rsa3072 rsa3072
+F2 rsa4096 rsa4096
+F4 ecdsa-secp256r1 ecdsap256
+F4 ecdsa-secp384r1 ecdsap384
+F6 ed25519 ed25519
+F5 x25519 ecdhx25519
+F5 secp256r1 ecdhp256
+F5 secp384r1 ecdhp384
+F8 ffdhe2048 ffdh2048
+F8 ffdhe3072 ffdh3072
+F9 X25519MLKEM768 X25519MLKEM768
+F9 SecP256r1MLKEM768 SecP256r1MLKEM768
+F9 SecP384r1MLKEM1024 SecP384r1MLKEM1024
'

known() {
	echo "$names" | awk -v name="$1" '$2 == name { found = 1 } END { exit !found }'
}

seconds=${1:-3}
case $seconds in
'' | *[!0-9]* | 0) fail "'$seconds' is no number of seconds" ;;
esac
[ "$#" -eq 0 ] || shift
for operation; do
	known "$operation" || fail "'$operation' is none of$(echo "$names" | awk 'NF { printf " %s", $2 }')"
done
version=$("$openssl" version) || fail "cannot run '$openssl'"

# timed LINE NAME ALGORITHM: lines "sign NAME MILLISECONDS" and the like; nothing where this OpenSSL
# does not know it.
timed() {
	echo "measure-costs: $2" >&2
	"$openssl" speed -mr -seconds "$seconds" "$3" 2>/dev/null | awk -F : -v line="$1" -v name="$2" '
		function say(section, rate) {
			if (rate > 0)
				printf "%s %s %.6f\n", section, name, 1000 / rate
		}
		$1 != line { next }
		line ~ /[589]$/ { say("exchange", $4) }
		line ~ /[246]$/ { at = line == "+F6" ? 5 : 4; say("sign", $at); say("verify", $(at + 1)) }'
}

wanted() {
	[ "$#" -gt 1 ] || return 0
	name=$1
	shift
	for operation; do
		[ "$operation" != "$name" ] || return 0
	done
	return 1
}

found=$(echo "$names" | while read -r line name algorithm; do
	if [ -n "$line" ] && wanted "$name" "$@"; then
		timed "$line" "$name" "$algorithm"
	fi
done)
[ -n "$found" ] || fail "'$openssl speed' gave no times"

echo '# Milliseconds of one processor for one operation; made by measure-costs, explained in mailtls-report(1).'
printf "measured: '%s, %s, %s'\n" "$(echo "$version" | cut -d ' ' -f 1,2 | tr -d "'")" "$(uname -n)" "$(date -u +%Y-%m-%d)"
for section in sign verify exchange; do
	echo "$found" | awk -v section="$section" '
		$1 == section { if (!any++) print section ":"; print "  " $2 ": " $3 }'
done
