# SPDX-License-Identifier: ISC
#
# awk -f check-counts.awk TRUTH.tsv REPORT.csv...
#
# Reports (--format csv --raw) against the true counts of a corpus, by mta, direction and service:
# of view ciphers the handshakes of each protocol and cipher as logged, of protocols the sessions of
# each protocol, of failures the failures.  What no report is given of is not compared.  Prints what
# differs; status 1 unless every count is equal, and there are true counts and a report.
#
# Where a report had to fold mtas and ciphers into (other), as there were more combinations than a
# store holds, what is never folded is compared: direction, service and protocol.

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
	return protocol == "TLSv1" ? "TLSv1.0" : protocol == "" || protocol == "(other)" ? "unknown" : \
	    protocol
}

# Counts by fact, direction, service and protocol alone, in place.
function sum_up(counts,    k, word, sum) {
	for (k in counts) {
		split(k, word, " ")
		sum[word[1] " * " word[3] " " word[4] " " word[5] " *"] += counts[k]
		delete counts[k]
	}
	for (k in sum)
		counts[k] = sum[k]
}

function key(fact, mta, direction, service, protocol, cipher) {
	return fact " " mta " " direction " " service " " protocol " " cipher
}

# The columns that must be there, by name.
function find_columns(    n, i, need) {
	delete column
	for (i = csv_split($0, name); i > 0; i--)
		column[name[i]] = i
	fact = "cipher_raw" in column ? "handshake" : "sessions" in column ? "session" : "failure"
	n = split("mta direction service " needs[fact], need, " ")
	for (i = 1; i <= n; i++)
		if (!(need[i] in column)) {
			print FILENAME " has no column " need[i]
			failed = 1
			exit 1
		}
	counted = need[n]
	given[fact] = 1
}

BEGIN {
	FS = "\t"
	needs["handshake"] = "protocol cipher_raw handshakes"
	needs["session"] = "protocol sessions"
	needs["failure"] = "reason_raw count"
}

FNR == 1 { files++ }

files == 1 {
	if (FNR > 1) {
		expected[key($2, $1, $3, $4, $5, $6)] += $7
		told++
	}
	next
}

FNR == 1 {
	find_columns()
	next
}

{
	csv_split($0, field)
	service = field[column["service"]]
	# A delivery to the machine itself is in no truth.
	if (fact == "session" && service == "lmtp")
		next
	k = key(fact, field[column["mta"]], field[column["direction"]], service, \
	    fact == "failure" ? "" : canonical(field[column["protocol"]]), \
	    fact == "handshake" ? field[column["cipher_raw"]] : "")
	if (field[column[counted]] > 0)
		reported[k] += field[column[counted]]
	folded = folded || index(k, "(other)")
}

END {
	if (failed)
		exit 1
	if (folded) {
		sum_up(expected)
		sum_up(reported)
	}
	for (k in expected) {
		split(k, word, " ")
		if (word[1] in given && reported[k] != expected[k]) {
			printf "%s: true %d, reported %d\n", k, expected[k], reported[k]
			failed = 1
		}
	}
	for (k in reported)
		if (!(k in expected)) {
			printf "%s: true 0, reported %d\n", k, reported[k]
			failed = 1
		}
	if (!told || files < 2) {
		print "nothing is compared"
		failed = 1
	}
	exit failed
}
