#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs of real servers, recorded by tests/real/run.sh --record tests/data, with what their clients
# said they negotiated.  The report must say the same.  Those with a version in their names, and
# OpenSMTPD's, come from Debian 13.

set -u

# shellcheck source=tests/real/agree.sh
. "$(dirname "$0")/../real/agree.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
test=0
for log in tests/data/real-*.log; do
	server=${log#*real-}
	server=${server%.log}
	agree "$server" "tests/data/real-$server.log" "tests/data/real-$server.truth.tsv"
done
echo "1..$test"
