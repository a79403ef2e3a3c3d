# SPDX-License-Identifier: ISC
# usage: awk [-v uid=N] [-v machine=DIGIT] [-v boot=ID] [-v ahead=N] -f export.awk
#
# Syslog lines as session.awk writes them, to entries in the journal's export format: of one boot of
# one machine, whose clock since the boot began with the first of 2026.  boot: not the one that the
# machine has of its own.  ahead: seconds that its clock
# of day was set back by before these lines, as that since the boot was not.
BEGIN {
	machine = substr(machine "0", 1, 1)
	if (!boot)
		boot = machine "f0e0d0c0b0a09080706050403020100"
}
{
	match($0, /^[^ ]+ [^ ]+ /)
	split(substr($0, 1, 19), t, /[-T:]/)
	time = mktime(t[1] " " t[2] " " t[3] " " t[4] " " t[5] " " t[6])
	rest = substr($0, RLENGTH + 1)
	match(rest, /^[^[]+\[[0-9]+\]: /)
	tag = substr(rest, 1, RLENGTH - 2)
	ident = pid = tag
	sub(/\[.*/, "", ident)
	gsub(/.*\[|\]/, "", pid)
	split($0, word, " ")
	printf "__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n", time,
		ahead + time - mktime("2026 1 1 0 0 0")
	print "_BOOT_ID=" boot
	print "_MACHINE_ID=" machine "00102030405060708090a0b0c0d0e0f"
	printf "SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=%s\nSYSLOG_PID=%d\n_PID=%d\n_UID=%d\n_HOSTNAME=%s\n",
		ident, pid, pid, uid, word[2]
	printf "MESSAGE=%s\n\n", substr(rest, RLENGTH + 1)
}
