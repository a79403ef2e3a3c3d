# SPDX-License-Identifier: ISC
# Turns SQL files into C strings: `struct sql_text sql_texts[]`, ended by a row of NULLs.
function quote(line) {
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	return "\t\"" line "\\n\""
}
BEGIN {
	print "/* Made from the files in sql/ by sql/embed.awk. */"
	print "#include \"store/sql.h\"\n"
	print "const struct sql_text sql_texts[] = {"
}
FNR == 1 {
	if (NR > 1)
		print "\t},"
	name = FILENAME
	sub(/^.*sql\//, "", name)
	sub(/\.sql$/, "", name)
	print "\t{\"" name "\","
}
{ print quote($0) }
END {
	if (NR)
		print "\t},"
	print "\t{NULL, NULL},\n};"
}
