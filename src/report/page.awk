# SPDX-License-Identifier: ISC
# Turns what sha256sum says of a line end and page.css, and then page.css, into C: the style, which
# begins with that line end, and its hash in base64.
function quote(line) {
	gsub(/\\/, "&&", line)
	gsub(/"/, "\\\"", line)
	return "    \"" line "\\n\""
}
function value(hex, i) {
	return index("0123456789abcdef", substr(hex, i, 1)) - 1
}
# Six hexadecimal digits are three bytes are four digits; 64 leave two bytes, which get a `=`.
function base64(hex,    digits, text, i, n) {
	digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	hex = hex "00"
	for (i = 1; i <= length(hex); i += 3) {
		n = value(hex, i) * 256 + value(hex, i + 1) * 16 + value(hex, i + 2)
		text = text substr(digits, int(n / 64) + 1, 1) substr(digits, n % 64 + 1, 1)
	}
	return substr(text, 1, length(text) - 1) "="
}
NR == 1 {
	print "/* Made from src/report/page.css by src/report/page.awk. */"
	print "#include \"report/page.h\"\n"
	print "const char page_css_hash[] = \"" base64($1) "\";\n"
	print "const char page_css[] =\n    \"\\n\""
	next
}
{ print quote($0) }
END { print "    ;" }
