# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the lab's scripts have in common; to be sourced.

set -eu -o pipefail
umask 022
export LC_ALL=C

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# PROJECT can be set to build and run another tree of the same layout.
PROJECT=${PROJECT:-$(cd "$LAB/../.." && pwd)}
CACHE=${CACHE:-$PROJECT/build}
ME=$(basename "$0")

say() { printf '%s: %s\n' "$ME" "$*" >&2; }
die() { say "$@"; exit 1; }
bad_usage() { say "$* (see $ME --help)"; exit 2; }

# The comment block at the head of a script is its manual.
show_help() { sed -n '3,/^$/ s/^# \{0,1\}//p' "$0"; }

# need PROGRAM PACKAGE: stops unless PROGRAM can be run.
need()
{
	command -v "$1" >/dev/null ||
		die "the program '$1' is missing; type: apt-get install $2"
}

# lock NAME: waits for, and then holds, a lock until this process ends.  It
# ends with this process, so its children must not outlive it.
lock()
{
	mkdir -p "$CACHE/locks"
	exec {LOCK_FD}>"$CACHE/locks/$1"
	flock -w 3 "$LOCK_FD" && return
	say "waiting for another process that is busy with $1"
	flock "$LOCK_FD"
}
unlock() { exec {LOCK_FD}>&-; }

# Debian's name of this machine's architecture
host_arch() { dpkg --print-architecture; }

# arch_of RELEASE: Debian's name of the architecture of a kernel
arch_of()
{
	case $1 in
	*-armmp | *-armmp-lpae) echo armhf ;;
	*) echo "${1##*-}" ;;
	esac
}

# triplet_of ARCH: what its compiler's name begins with, and the folder of its libraries
triplet_of()
{
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	armhf) echo arm-linux-gnueabihf ;;
	*) echo aarch64-linux-gnu ;;
	esac
}

# What no kernel log may hold; an extended regular expression
# shellcheck disable=SC2034 # for those who source this
TROUBLE='BUG:|WARNING:|Call [Tt]race|lockdep|Oops|Kernel panic|possible recursive locking|inconsistent lock state|KASAN:|UBSAN:|KCSAN:|kmemleak: [0-9]+ new|sleeping function called from invalid context|scheduling while atomic|[Uu]nable to handle|rcu.*(stall|detected)|self-detected stall|hung_task|blocked for more than|refcount_t:|ODEBUG:'

case $CACHE in
/*) ;;
*) CACHE=$PWD/$CACHE ;;
esac
case "$PROJECT$CACHE" in
*[[:space:]]*)
	die "make and the kernel's build cannot handle spaces in a path; move the project or set CACHE: $PROJECT, $CACHE" ;;
esac
export PROJECT CACHE
