# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Completion for bash of all programs of mailtls.  It knows none of their options: it asks the
# program that stands on the line for its --help, and reads
#
#   the options, each with its value's name: of PATH, FILE and DIR, files and folders; a name in
#     lower case is the word itself
#   the words of a value, where its text is nothing but words (behind a colon, if it has one)
#   the commands, which are the lower-case words of the usage

# The text of one option's value behind the value's name, on one line.
_mailtls_text()
{
	local line text='' name=''

	while IFS= read -r line; do
		if [[ $line =~ ^\ +(-.,\ )?(--[a-z-]+)(=([^ ]+))?\ *(.*)$ ]]; then
			[[ -z $name ]] || break
			[[ ${BASH_REMATCH[2]} != "$1" && ${BASH_REMATCH[1]%, } != "$1" ]] && continue
			name=${BASH_REMATCH[4]}
			[[ -n $name ]] || return
			text=${BASH_REMATCH[5]}
		elif [[ -n $name ]]; then
			text+=" ${line#"${line%%[! ]*}"}"
		fi
	done
	[[ -z $name ]] || printf '%s %s\n' "$name" "$text"
}

# Its words, one a line; nothing where it is a sentence.
_mailtls_words()
{
	local item list=${1#*: }
	local -a items words=()

	list=${list// or /, }
	IFS=, read -r -a items <<<"$list"
	for item in "${items[@]}"; do
		item=${item%%(*}
		item=${item%%...*}
		item=${item#"${item%%[! ]*}"}
		item=${item%"${item##*[! ]}"}
		[[ $item =~ ^[@0-9A-Za-z-]+$ ]] || return
		words+=("$item")
	done
	[[ ${#words[@]} -lt 2 ]] || printf '%s\n' "${words[@]}"
}

_mailtls()
{
	local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} help text before='' words

	COMPREPLY=()
	help=$("$1" --help 2>/dev/null) || return
	if [[ $cur == = ]]; then
		cur=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	text=$([[ $option != -* ]] || _mailtls_text "$option" <<<"$help")
	case $text in
	'') ;;
	PATH\ * | FILE\ *)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	DIR\ *)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	[a-z]*)
		mapfile -t COMPREPLY < <(compgen -W "${text%% *}" -- "$cur")
		return
		;;
	*)
		[[ $text != *,...\ * ]] || before=${cur%"${cur##*,}"}
		words=$(_mailtls_words "${text#* }")
		mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "${cur##*,}")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		words=$(sed -nE 's/^ +(-., )?(--[a-z-]+)(=?).*/\2\3/p' <<<"$help")
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
		return
	fi
	words=$(sed -nE '/^Options:/q; s/^(Usage:)? +mailtls-[a-z]+ (\[OPTION\.\.\.\] )?(-o PATH )?([a-z]+)( .*)?$/\4/p' <<<"$help")
	if [[ -n $words && $COMP_CWORD -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -F _mailtls mailtls-report mailtls-import mailtls-pattern mailtls-store mailtlsd
