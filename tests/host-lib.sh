# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests that run on the host have in common; to be sourced.

export STATUS=0

# check NAME COMMAND...: what a command that fails says is the reason
check()
{
	local name=$1 why
	shift
	if why=$("$@" 2>&1); then
		echo "ok - $name"
	else
		echo "not ok - $name"
		printf '%s\n' "$why" "'$*' failed" | tail -n 40 | sed 's/^/    /'
		STATUS=1
	fi
}

# silent COMMAND...: succeeds, and says nothing
silent()
{
	local said
	said=$("$@" 2>&1) && [ -z "$said" ] && return
	printf '%s\n' "$said"
	return 1
}

skip() { echo "skip - $1: $2"; }
