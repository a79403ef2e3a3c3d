# SPDX-License-Identifier: ISC
#
# awk -v csv=FILE -v markdown=FILE -f table.awk targets.tsv results.tsv
#
# The benchmark's rows beside their targets, for reading; with every figure into the CSV file; and
# what README shows of them as a table of Markdown.  A ratio is the median of its pairs.  A row that
# is held to CPU time shows that ratio.

function cell(text) {
	gsub(/"/, "\"\"", text)
	return text ~ /[,"]/ ? "\"" text "\"" : text
}

# To three digits, without an exponent.
function short(value,    digits) {
	if (value == "" || value !~ /^-?[0-9.]+$/)
		return value
	digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4
	return sprintf("%." digits "f", value)
}


# The rows that README shows: of ratios, or of what is no ratio.
function readme(ratios,    i, name, peer) {
	if (ratios)
		print "| mailtls, against | its time | its CPU time | handshakes that are counted |\n" \
		    "| --- | ---: | ---: | --- |" >markdown
	else
		print "| | |\n| --- | ---: |" >markdown
	for (i = 1; i <= rows; i++) {
		name = row[i]
		if (shown[name] == "" || took[name] == "" || (unit[name] == "x") != ratios)
			continue
		peer = name
		sub(/.* \/ /, "", peer)
		if (ratios)
			printf "| %s | %s x | %s x | %s |\n", shown[name], short(took[name]), \
			    short(took_cpu[name]), sees[peer] >markdown
		else
			printf "| %s | %s %s |\n", shown[name], short(took[name]), unit[name] >markdown
	}
}

BEGIN { FS = "\t" }

FNR == 1 { files++ }

/^#/ { next }

files == 1 {
	row[++rows] = $1
	shown[$1] = $5
	if ($2 != "") {
		by[$1] = $2
		floor[$1] = $3
		goal[$1] = $4
	}
	next
}

FNR == 1 {
	printf "%-42s %9s %-6s %8s %8s %8s %8s\n", "row", "value", "unit", "floor", "goal", "met", "peak MiB"
	print "row,unit,value,least,most,cpu_ratio,a_seconds,b_seconds,peak_kib,note,held_to,floor,goal,verdict" >csv
}

{
	held = $1 in by
	value = held && by[$1] == "cpu" ? $6 : $3
	verdict = !held || value == "" ? "" : value + 0 <= goal[$1] + 0 ? "goal" : \
	    value + 0 <= floor[$1] + 0 ? "floor" : "NOT"
	seen[verdict]++
	if (value == "")
		printf "%-42s %s\n", $1, $10
	else
		printf "%-42s %9s %-6s %8s %8s %8s %8s  %s\n", $1, short(value), $2, floor[$1], goal[$1], \
		    verdict, $9 == "" ? "" : sprintf("%.1f", $9 / 1024), $10
	for (i = 1; i <= 10; i++)
		printf "%s,", cell($i) >csv
	printf "%s,%s,%s,%s\n", by[$1], floor[$1], goal[$1], verdict >csv
	done[$1] = 1
	unit[$1] = $2
	took[$1] = $3
	took_cpu[$1] = $6
	# "handshakes that PEER counts", "of N": beside the ratio of that peer.
	if ($1 ~ /^handshakes that /) {
		peer = $1
		sub(/^handshakes that /, "", peer)
		sub(/ counts$/, "", peer)
		sees[peer] = $3 " " $10
	}
}

END {
	for (i = 1; i <= rows; i++)
		if (!(row[i] in done))
			printf "%-42s was not run\n", row[i]
	readme(1)
	print "" >markdown
	readme(0)
	printf "\n%d rows meet their goal, %d only their floor, %d not even that.\n", seen["goal"], seen["floor"], \
	    seen["NOT"]
}
