#!/bin/sh
# SPDX-License-Identifier: ISC
#
# kill -9 at random moments of random rotations; MAILTLS_ROUNDS: how many, MAILTLS_SEED: which.

. tests/scenario/daemon/harness.sh

rounds=${MAILTLS_ROUNDS:-25}
seed=${MAILTLS_SEED:-$$}
echo "# MAILTLS_SEED=$seed"

random() { # LIMIT
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	random=$((seed / 65536 % $1))
}

rotate() {
	n=9
	while [ $n -ge 1 ]; do
		for file in mail.log.$n mail.log.$n.gz; do
			[ ! -e "$file" ] || mv "$file" "mail.log.$((n + 1))${file#mail.log."$n"}"
		done
		n=$((n - 1))
	done
	mv mail.log mail.log.1
	: >mail.log
	[ ! -e mail.log.2 ] || gzip mail.log.2
}

step() {
	random 200
	emit $((random + 1)) >&3
	random 10
	case $random in
	0 | 1)
		rotate
		random 30
		emit $((random + 1)) >&3
		exec 3>>mail.log
		;;
	2)
		rotate
		exec 3>>mail.log
		;;
	esac
	random 40
	sleep "0.$(printf %02d $random)"
}

: >mail.log
exec 3>>mail.log
emit 100 >&3
start mail.log
kills=0 i=0
while [ $i -lt "$rounds" ]; do
	random 4
	j=0
	while [ $j -le "$random" ]; do
		step
		j=$((j + 1))
	done
	random 4
	if [ "$random" -gt 0 ]; then
		kill9
		kills=$((kills + 1))
		random 3
		while [ "$random" -gt 0 ]; do
			step
			random 3
		done
		random 2
		if [ "$random" -eq 0 ]; then
			start mail.log
		else
			# Killed again while it finds out where it was.
			listen
			launch mail.log
			random 30
			sleep "0.$(printf %02d $random)"
			kill9
			kills=$((kills + 1))
			start mail.log
		fi
	fi
	i=$((i + 1))
done
exec 3>&-
echo "# $kills kills"
exact 'nothing is lost, and nothing doubled'

end whole
