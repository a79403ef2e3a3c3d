#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The dashboard asks for metrics and labels that the report has, and shows each of its metrics but
# those named here.  Where Prometheus is installed, it collects the report's metrics, and each query
# gives numbers.

set -u

dashboard=share/grafana/mailtls.json
report=${BUILD:-build}/mailtls-report
# Of a period that the panels' own time axis tells, and what is a part of others.
unshown='mailtls_counted_sessions mailtls_first_event_timestamp_seconds mailtls_folded_facts
mailtls_handshakes_ratio mailtls_hints mailtls_known_protocol_sessions mailtls_lines
mailtls_matched_lines mailtls_period_end_timestamp_seconds mailtls_period_start_timestamp_seconds
mailtls_sessions_ratio'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		sed 's/^/# /' "$scratch/output"
	fi
}

echo 1..7
"${BUILD:-build}/mailtls-import" --quiet --year=2026 --store="$scratch/s.db" \
	tests/data/sample-postfix.log >/dev/null &&
	"$report" --store="$scratch/s.db" --since=2026-10-01 --format=prometheus >"$scratch/metrics"

jq -r '.panels[].targets[]?.expr' "$dashboard" >"$scratch/queries" 2>"$scratch/output" &&
	[ "$(wc -l <"$scratch/queries")" -gt 10 ]
result $? '1 - the dashboard is JSON with queries'

sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$scratch/metrics" | sort >"$scratch/known"
{
	cat "$scratch/queries"
	jq -r '.templating.list[].query.query? // empty' "$dashboard"
} | grep -oE 'mailtls_[a-z_]+' | sort -u >"$scratch/asked"
comm -13 "$scratch/known" "$scratch/asked" >"$scratch/output"
[ -s "$scratch/known" ] && [ -s "$scratch/asked" ] && [ ! -s "$scratch/output" ]
result $? '2 - every metric that it asks for is one of the report'

{
	grep -oE 'mailtls_[a-z_]+' "$scratch/queries"
	echo "$unshown" | tr ' ' '\n'
} | sort -u | diff "$scratch/known" - >"$scratch/output"
result $? '3 - it shows every other metric'

# metric label, of each selector in a query; instance is given by who collects.
grep -oE 'mailtls_[a-z_]+\{[^}]*\}' "$scratch/queries" | sort -u |
	while IFS='{' read -r metric selector; do
		printf '%s' "${selector%\}}" | grep -oE '[a-z_]+(=|!=|=~|!~)"' |
			sed "s/[^a-z_].*//; s/^/$metric /"
	done | sort -u | grep -v ' instance$' >"$scratch/labels"
while read -r metric label; do
	grep "^${metric}[{]" "$scratch/metrics" | grep -q "[{,]$label=\"" || echo "$metric has no $label"
done <"$scratch/labels" >"$scratch/output"
[ "$(wc -l <"$scratch/labels")" -gt 10 ] && [ ! -s "$scratch/output" ]
result $? '4 - every label that it selects by is one of the metric'

if ! command -v promtool >/dev/null || ! command -v prometheus >/dev/null; then
	echo 'ok 5 - metrics # SKIP promtool is not installed'
	echo 'ok 6 - queries # SKIP promtool is not installed'
	echo 'ok 7 - dashboard # SKIP prometheus is not installed: NO QUERY WAS ASKED'
	exit 0
fi

promtool check metrics <"$scratch/metrics" >"$scratch/output" 2>&1
result $? '5 - promtool finds nothing in the metrics'

{
	printf 'groups:\n- name: dashboard\n  rules:\n'
	awk '{ gsub(/'"'"'/, "&&"); printf "  - record: q%d\n    expr: '"'%s'"'\n", NR, $0 }' "$scratch/queries"
} >"$scratch/rules.yaml"
promtool check rules "$scratch/rules.yaml" >"$scratch/output" 2>&1
result $? '6 - promtool reads every query'

# Serves the metrics and asks, both on loopback; every variable of the dashboard is All.
timeout 120 python3 - "$scratch" >"$scratch/output" 2>&1 <<-'END'
	import http.server, json, socket, subprocess, sys, threading, time, urllib.parse, urllib.request
	scratch = sys.argv[1]
	class Metrics(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        self.send_response(200)
	        self.send_header("Content-Type", "text/plain; version=0.0.4")
	        self.end_headers()
	        self.wfile.write(open(scratch + "/metrics", "rb").read())
	    def log_message(self, *words):
	        pass
	server = http.server.HTTPServer(("127.0.0.1", 0), Metrics)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	with socket.socket() as s:
	    s.bind(("127.0.0.1", 0))
	    port = s.getsockname()[1]
	open(scratch + "/prometheus.yml", "w").write(
	    "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: mail, static_configs: "
	    "[{targets: ['127.0.0.1:%d']}]}]\n" % server.server_port)
	child = subprocess.Popen(["prometheus", "--config.file=" + scratch + "/prometheus.yml",
	    "--storage.tsdb.path=" + scratch + "/tsdb", "--web.listen-address=127.0.0.1:%d" % port],
	    stdout=open(scratch + "/prometheus.log", "w"), stderr=subprocess.STDOUT)
	def ask(query):
	    url = "http://127.0.0.1:%d/api/v1/query?" % port + urllib.parse.urlencode({"query": query})
	    return json.load(urllib.request.urlopen(url, timeout=10))["data"]["result"]
	try:
	    for _ in range(600):
	        try:
	            if ask("mailtls_lines"):
	                break
	        except OSError:
	            pass
	        time.sleep(0.1)
	    silent = []
	    for query in open(scratch + "/queries").read().splitlines():
	        for name in ("instance", "direction", "service"):
	            query = query.replace("$" + name, ".*")
	        if not ask(query):
	            silent.append(query)
	    assert not silent, silent
	    protocols = ask("sum by (service) (sum by (service, protocol) "
	        '(mailtls_mail_sessions_ratio{internal="no",service="mx"}))')
	    assert abs(float(protocols[0]["value"][1]) - 1) < 1e-5, protocols
	finally:
	    child.terminate()
	    child.wait()
END
result $? '7 - Prometheus has numbers for every query'
