#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What bash completes is what the programs take: options as --help has them, words as a program
# names them when it is given another.

setup() {
	build=$PWD/${BUILD:-build}
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db" TZ=UTC LC_ALL=C
	completion=$PWD/completion/mailtls.bash
	source "$completion"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# completed PROGRAM WORD...: what there is for the last word, as bash splits the line (a = is a word
# of its own).  PROGRAM is what its name has behind `mailtls`.
completed() {
	COMP_WORDS=("$build/mailtls$1" "${@:2}")
	COMP_CWORD=$(($# - 1))
	_mailtls "$build/mailtls$1"
	[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}

# known PROGRAM OPTION [LOG]: the words in the complaint about another.
known() {
	"$build/mailtls$1" "$2=zzz" ${3:+"$3"} 2>&1 >/dev/null | sed -nE \
		-e "s/, not 'zzz'; see .*//" -e 's/; see mailtls-.*//' \
		-e 's/^.*(expected one of|; there are|takes) //p' |
		sed -e 's/ or /, /; s/ and /, /' -e "s/'//g" | tr -d ' ' | tr , '\n' | sort
}

same() {
	[ -n "$1" ]
	[ "$1" = "$2" ]
}

@test 'options are those of --help, with a = where they take a value' {
	for program in "$build"/mailtls-* "$build"/mailtlsd; do
		[ -x "$program" ] || continue
		help=$("$program" --help | sed -nE 's/^ +(-., )?(--[a-z-]+)(=?).*/\2\3/p' | sort)
		same "$help" "$(completed "${program##*/mailtls}" -- | sort)"
		grep -qE "^complete .* ${program##*/}( |$)" "$completion"
	done
	[ "$(completed -import --peer-)" = --peer-addresses= ]
}

@test 'words are those that the program takes' {
	for option in view format bucket internal color; do
		same "$(known -report --$option)" "$(completed -report --$option = '' | sort)"
	done
	touch x.log
	for option in peers peer-addresses overlap; do
		same "$(known -import --$option x.log)" "$(completed -import --$option = '' | sort)"
	done
}

@test 'behind a space, and begun' {
	[ "$(completed -report --color '')" = "$(completed -report --color = '')" ]
	[ "$(completed -report --color = al)" = always ]
	[ "$(completed -report --color = )" = "$(completed -report --color = '')" ]
	[ "$(completed -report --color = nev)" = never ]
	[ -z "$(completed -report --color = x)" ]
}

@test 'the words offered of a longer list are some of it' {
	for option in by service; do
		completed -report --$option = '' | sort >offered
		[ -s offered ]
		[ -z "$(known -report --$option | comm -13 - offered)" ]
	done
}

@test 'a list goes on behind its comma' {
	[ "$(completed -report --by = host,mt)" = host,mta ]
}

@test 'files and folders where the program takes them' {
	mkdir folder
	touch file
	[ "$(completed -report --output = fi)" = file ]
	[ "$(completed -import --store fi)" = file ]
	[ "$(completed -report --patterns = f)" = folder ]
	[ "$(completed -report fi)" = file ]
	[ "$(completed -report --raw fi)" = file ]
	[ -z "$(completed -report --year = fi)" ]
	[ -z "$(completed -report --tz = fi)" ]
}

@test 'commands' {
	same "$(printf '%s\n' check explain match)" "$(completed -pattern '' | sort)"
	same "$(printf '%s\n' backup check compact export forget info merge undo)" "$(completed -store '' | sort)"
	[ "$(completed -store un)" = undo ]
	touch file
	[ "$(completed -pattern match fi)" = file ]
}
