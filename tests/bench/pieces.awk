# SPDX-License-Identifier: ISC
#
# awk [-v RS= -v ORS='\n\n'] -v folder=DIR -v sizes="N..." -f pieces.awk LOG
#
# Cuts a log, or entries of the journal's export format, into DIR/1, DIR/2 ... of so many lines or
# entries each, and one more of all that is left.
BEGIN {
	count = split(sizes, size, " ")
	piece = 1
}

{
	print >(folder "/" piece)
	if (piece <= count && ++lines == size[piece]) {
		close(folder "/" piece++)
		lines = 0
	}
}
