#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016 # awk's own
#
# What people use today, on the same log; slow ones get a tenth of it, at least 10 MB, and their
# time counts tenfold.  What each makes of the handshakes stands beside the true number.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

# true_handshakes [CONDITION]: of the corpus, all or those of an awk condition.
true_handshakes() {
	awk -F '\t' "\$2 == \"handshake\" && (${1:-1}) { n += \$7 } END { print n + 0 }" "$truth"
}

corpus mixed $((megabytes > 100 ? megabytes / 10 : 10))
slice=$log slice_mb=$((megabytes > 100 ? megabytes / 10 : 10))
slice_true=$(true_handshakes)
corpus mixed "$megabytes"
true_count=$(true_handshakes)

# peer NAME COMMAND [COUNT]: a quick one, against a report of the whole log.  COUNT prints from its
# output how many handshakes it saw.
peer() {
	right_ratio "report / $1" "$report $log $to_counted" "$2 >/dev/null"
	[ -z "${3:-}" ] || saw "$1" "$(sh -c "$2" | sh -c "$3")" "$true_count"
}

# slow_peer NAME COMMAND [COUNT]: COMMAND reads the slice.
slow_peer() {
	right_ratio "report / $1" "$report $log $to_counted" "$2 >/dev/null 2>&1" -n 3 \
		-s "$(awk "BEGIN { print $megabytes / $slice_mb }")"
	[ -z "${3:-}" ] || saw "$1" "$(sh -c "$2" 2>/dev/null | sh -c "$3")" "$slice_true"
}

# saw NAME COUNT TRUE
saw() {
	figure "handshakes that $1 counts" '' "$2" "of $3"
}

sum='awk "{ n += \$1 } END { print n + 0 }"'
peer one-liner "$(one_liner_on "$log")"
one_liner_on "$log" | sh >"$dir/one-liner"
in=$(true_handshakes '$1 == "postfix" && $3 == "in"')
out=$(true_handshakes '$1 == "postfix" && $3 == "out"')
total=$(sh -c "$sum" <"$dir/one-liner")
saw one-liner "$total" "$true_count: not the $out outbound, not the $((true_count - in - out)) of \
Dovecot, but $((total - in)) lines that are none, in $(grep -cvE \
	'^ *[0-9]+ TLSv1(\.[0-9])? with cipher [A-Z0-9_-]+$' "$dir/one-liner") rows of rubbish"
ratio 'import / one-liner' "$build/mailtls-import --quiet --store $store $log" \
	"$(one_liner_on "$log") >/dev/null" -p "rm -f $store $store-wal $store-shm"

if have rg && have mawk; then
	counter="mawk '{ n[\$12 \" \" \$15]++ } END { for (k in n) print n[k], k }'"
	right_ratio 'report, handshakes only / rg | mawk' \
		"$report --patterns $bench/handshakes $log $to_counted" \
		"rg -N ' with cipher ' $log | $counter >/dev/null"
	saw 'rg | mawk' "$(sh -c "rg -N ' with cipher ' $log | $counter" | sh -c "$sum")" "$true_count"
else
	missing 'report, handshakes only / rg | mawk' 'ripgrep or mawk'
fi
if have perl; then
	peer Perl "perl $bench/count.pl $log" "awk -F , 'NR > 1 { n += \$6 } END { print n }'"
else
	missing 'report / Perl' perl
fi
if have mtail; then
	mkdir -p "$dir/mtail"
	cp "$bench/count.mtail" "$dir/mtail"
	slow_peer mtail "mtail --one_shot --one_shot_format prometheus --address 127.0.0.1 --port 0 \
		--progs $dir/mtail --logs $slice --log_dir $dir" \
		"awk '/^handshakes/ { n += \$NF } END { print n }'"
else
	missing 'report / mtail' mtail
fi
logwatch=/usr/share/logwatch/scripts/services/postfix
if [ -r $logwatch ]; then
	slow_peer logwatch "LOGWATCH_DETAIL_LEVEL=10 perl $logwatch <$slice" \
		"awk '/TLS connections \\((server|client)\\) +[0-9]/ { n += \$1 } END { print n }'"
else
	missing 'report / logwatch' logwatch
fi
if have pflogsumm; then
	slow_peer pflogsumm "pflogsumm $slice"
else
	missing 'report / pflogsumm' pflogsumm
fi
if have lnav; then
	slow_peer lnav "lnav -n -c ':filter-in TLS connection established|with cipher' $slice" 'wc -l'
else
	missing 'report / lnav' lnav
fi
