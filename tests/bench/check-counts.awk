# SPDX-License-Identifier: ISC
#
# awk -f check-counts.awk TRUTH.tsv REPORT.csv
#
# The handshakes of a report (view ciphers, --raw) against the true counts of a corpus, by mta,
# direction, service, protocol and cipher as logged.  Prints what differs; status 1 unless every
# count is equal and there is at least one.

function csv_split(text, field,    n, c, quoted, i) {
	n = 1
	field[1] = ""
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\"" && quoted && substr(text, i + 1, 1) == "\"") {
			field[n] = field[n] c
			i++
		} else if (c == "\"")
			quoted = !quoted
		else if (c == "," && !quoted)
			field[++n] = ""
		else
			field[n] = field[n] c
	}
	return n
}

# --raw gives a protocol as logged: TLSv1 is TLSv1.0, TLS1.2 is TLSv1.2; none logged is unknown.
function canonical(protocol) {
	sub(/^TLS1/, "TLSv1", protocol)
	return protocol == "TLSv1" ? "TLSv1.0" : protocol == "" ? "unknown" : protocol
}

function key(mta, direction, service, protocol, cipher) {
	return mta " " direction " " service " " protocol " " cipher
}

BEGIN { FS = "\t" }

FNR == 1 { files++ }

files == 1 && $2 == "handshake" {
	expected[key($1, $3, $4, $5, $6)] += $7
	total += $7
	next
}

files == 1 { next }

FNR == 1 {
	count = csv_split($0, name)
	for (i = 1; i <= count; i++)
		column[name[i]] = i
	for (i = split("mta direction service protocol cipher_raw handshakes", need, " "); i > 0; i--)
		if (!(need[i] in column)) {
			print "the report has no column " need[i]
			failed = 1
			exit 1
		}
	next
}

{
	csv_split($0, field)
	reported[key(field[column["mta"]], field[column["direction"]], field[column["service"]], \
	    canonical(field[column["protocol"]]), field[column["cipher_raw"]])] += field[column["handshakes"]]
}

END {
	if (failed)
		exit 1
	for (k in expected)
		if (reported[k] != expected[k]) {
			printf "%s: true %d, reported %d\n", k, expected[k], reported[k]
			failed = 1
		}
	for (k in reported)
		if (!(k in expected)) {
			printf "%s: true 0, reported %d\n", k, reported[k]
			failed = 1
		}
	exit failed || total == 0
}
