#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The page in a real browser: it says nothing on the console (so its policy is met by all that is in
# it), is no wider than a telephone, dark where the reader's system is, and small on paper.

set -u

report=${BUILD:-build}/mailtls-report
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME="$scratch" XDG_RUNTIME_DIR="$scratch"

if ! command -v chromium >/dev/null; then
	echo '1..1'
	echo 'ok 1 - page # SKIP chromium is not installed: NO PAGE WAS LOADED'
	exit 0
fi

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		sed 's/^/# /' "$scratch/output"
	fi
}

browse() { # OPTION... URL
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$scratch/profile" --no-first-run "$@"
}

# What a page says on the console, violations of its policy among it.
console() { # FILE
	browse --enable-logging=stderr --v=0 --dump-dom "file://$1" 2>"$scratch/log" >"$scratch/dom"
	grep -q '</footer>' "$scratch/dom" || echo "$1 was not loaded"
	grep CONSOLE "$scratch/log"
}

# measure EXPRESSION OPTION...: what it gives (no &, no |) in a copy of the page that lets a script look
# at it.
measure() {
	sed "s/<meta http-equiv=\"Content-Security-Policy\"[^>]*>//
		s|</body>|<script>document.title = 'found ' + ($1)</script></body>|" \
		"$scratch/summary.html" >"$scratch/measured.html"
	shift
	browse --dump-dom "$@" "file://$scratch/measured.html" 2>/dev/null |
		sed -n 's/.*<title>found \([^<]*\).*/\1/p'
}

echo 1..7
# A name that would be a handler, an element and a script.
sed 's/frank@example.org/x"onload=alert(1)\&lt;script/g' tests/data/sample-dovecot.log >"$scratch/hostile.log"
for view in summary users ciphers; do
	"$report" --quiet --year=2026 --tz=UTC --view="$view" --format=html \
		--output="$scratch/$view.html" tests/data/sample-postfix.log "$scratch/hostile.log"
	console "$scratch/$view.html"
done >"$scratch/output"
[ -s "$scratch/users.html" ] && grep -q 'x&quot;onload=alert(1)' "$scratch/users.html" &&
	[ ! -s "$scratch/output" ]
result $? '1 - no message on the console'

# As a browser sees it that finds one more style, or a script.
sed 's|</style>|b{}</style>|' "$scratch/summary.html" >"$scratch/style.html"
sed 's|</main>|<script>1</script></main>|' "$scratch/summary.html" >"$scratch/script.html"
console "$scratch/style.html" >"$scratch/output"
grep -q 'Content Security Policy' "$scratch/output"
result $? '2 - its policy refuses any other style'
console "$scratch/script.html" >"$scratch/output"
grep -q 'Content Security Policy' "$scratch/output"
result $? '3 - its policy refuses a script'

# The least width of a window is that of the browser's own; a frame may be narrower.
python3 - "$scratch" <<-'END'
	import html, re, sys
	text = open(sys.argv[1] + "/summary.html").read()
	text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
	open(sys.argv[1] + "/frame.html", "w").write(
	    '<title></title><iframe width="360" height="800" style="border:0" srcdoc="%s"></iframe>'
	    "<script>onload = () => { const d = frames[0].document.documentElement;"
	    "document.title = 'found ' + d.clientWidth + ' ' + d.scrollWidth + ' ' +"
	    " [...d.querySelectorAll('svg.chart')].filter(s => s.getBoundingClientRect().right > 360).length }</script>"
	    % html.escape(text))
END
browse --dump-dom "file://$scratch/frame.html" 2>/dev/null |
	sed -n 's/.*<title>found \([^<]*\).*/\1/p' >"$scratch/output"
grep -qE '^3[0-9]+ 3[0-9]+ 0$' "$scratch/output" &&
	read -r shown whole _ <"$scratch/output" && [ "$whole" -le "$shown" ]
result $? '4 - a telephone shows it without scrolling sideways'

light=$(measure 'getComputedStyle(document.body).backgroundColor' --blink-settings=preferredColorScheme=1)
dark=$(measure 'getComputedStyle(document.body).backgroundColor' --blink-settings=preferredColorScheme=0)
echo "light: $light, dark: $dark" >"$scratch/output"
[ -n "$light" ] && [ -n "$dark" ] && [ "$light" != "$dark" ]
result $? '5 - dark and light differ'

measure '[...document.querySelectorAll("svg.chart, svg.series, .scroll")].filter(e => e.checkVisibility()).filter(e => Math.min(e.getBoundingClientRect().width, 4 * e.getBoundingClientRect().height) < 20).length + " of " + document.querySelectorAll("svg.chart").length' \
	--window-size=1600,1000 >"$scratch/output"
grep -qE '^0 of [1-9]' "$scratch/output"
result $? '6 - every chart and table is there to be seen'

# Patterns of SVG became 80 megabytes of pixels.
browse --print-to-pdf="$scratch/page.pdf" "file://$scratch/summary.html" >"$scratch/output" 2>&1
[ "$(head -c 5 "$scratch/page.pdf")" = '%PDF-' ] &&
	[ "$(wc -c <"$scratch/page.pdf")" -lt 2000000 ]
result $? '7 - on paper it is drawn, and small'
