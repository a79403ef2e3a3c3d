#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs of real Postfix, Exim and Dovecot, recorded by tests/real/run.sh --record tests/data, with
# what their clients said they negotiated.  The report must say the same.

set -u

# shellcheck source=tests/real/agree.sh
. "$(dirname "$0")/../real/agree.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
test=0
for server in postfix postfix-out exim exim-all exim-out dovecot; do
	agree "$server" "tests/data/real-$server.log" "tests/data/real-$server.truth.tsv"
done
echo "1..$test"
