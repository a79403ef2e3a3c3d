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

# What it is to mailtls, and to `openssl speed`.  It does not time hybrid groups (X25519MLKEM768):
# their costs are added by hand.
names='
key rsa2048 rsa2048
key rsa3072 rsa3072
key rsa4096 rsa4096
key ecdsa-secp256r1 ecdsap256
key ecdsa-secp384r1 ecdsap384
key ed25519 ed25519
group x25519 ecdhx25519
group secp256r1 ecdhp256
group secp384r1 ecdhp384
group ffdhe2048 ffdh2048
group ffdhe3072 ffdh3072
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

# timed KIND NAME ALGORITHM: lines "sign NAME MILLISECONDS" and the like; nothing where this OpenSSL
# does not know it.  Of what it prints, +F lines hold operations a second: +F2:2:2048:SIGN:VERIFY,
# +F5:23:448:DERIVE:..., +F6:0:253:Ed25519:SIGN:VERIFY.
timed() {
	echo "measure-costs: $2" >&2
	"$openssl" speed -mr -seconds "$seconds" "$3" 2>/dev/null | awk -F : -v kind="$1" -v name="$2" '
		function say(section, rate) {
			if (rate > 0)
				printf "%s %s %.6f\n", section, name, 1000 / rate
		}
		!/^\+F[0-9]+:/ { next }
		kind == "group" { say("exchange", $4) }
		kind == "key" { at = name ~ /^ed/ ? 5 : 4; say("sign", $at); say("verify", $(at + 1)) }'
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

found=$(echo "$names" | while read -r kind name algorithm; do
	if [ -n "$kind" ] && wanted "$name" "$@"; then
		timed "$kind" "$name" "$algorithm"
	fi
done)
[ -n "$found" ] || fail "'$openssl speed' gave no times"

echo '# Milliseconds of one processor for one operation; made by measure-costs, explained in mailtls-report(1).'
printf "measured: '%s, %s, %s'\n" "$(echo "$version" | cut -d ' ' -f 1,2 | tr -d "'")" "$(uname -n)" "$(date -u +%Y-%m-%d)"
for section in sign verify exchange; do
	echo "$found" | awk -v section="$section" '
		$1 == section { if (!any++) print section ":"; print "  " $2 ": " $3 }'
done
