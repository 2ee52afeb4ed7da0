# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests that run on the host have in common; to be sourced.

export STATUS=0
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

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

fetch_32_bit()
{
	local release
	release=$("$TOP/tools/lab/fetch" resolve 6.1 armhf) && "$TOP/tools/lab/fetch" kernel "$release" &&
		"$TOP/tools/lab/fetch" headers "$release" && "$TOP/tools/lab/fetch" sysroot armhf
}

# has_32_bit NAME: fails, and skips the test, if Debian's packages of armhf cannot be had
has_32_bit()
{
	local why
	why=$(fetch_32_bit 2>&1 >/dev/null) && return
	skip "$1" "NOT TRIED ON 32 BIT, of which Debian's packages cannot be fetched: $(tail -n 1 <<<"$why")"
	return 1
}
