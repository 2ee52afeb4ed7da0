# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of programs have in common; to be sourced, with the program's name
# in PROGRAM and the folder of the programs in PROGRAMS.

DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
export STATUS=0

# result STATUS WHAT
result()
{
	if [ "$1" = 0 ]; then
		echo "ok - $PROGRAM: $2"
	else
		echo "not ok - $PROGRAM: $2"
		STATUS=1
	fi
}

# A bad option: status 2, one line on stderr and nothing on stdout.
refuses()
{
	"$PROGRAMS/$PROGRAM" "$@" >"$DIR/out" 2>"$DIR/err"
	[ $? = 2 ] && [ ! -s "$DIR/out" ] && [ "$(wc -l <"$DIR/err")" = 1 ] && return
	echo "# $PROGRAM $*"
	cat "$DIR/err"
	return 1
}
