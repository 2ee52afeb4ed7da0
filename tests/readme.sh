#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# README.md and the pages that it leads to: tests/readme/commands says of each command
# which test runs it, or why none does. Those that no other test runs are run here, as
# they stand there.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

PAGES=(README.md driver/README.md driver/sim/README.md tests/README.md tools/README.md tools/lab/README.md)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# commands PAGE...: those of its code blocks, one on a line. A line that stands deeper than
# the first of its block goes on with the command. Fences are for drawings; if one has
# none, it is a block, too.
commands()
{
	LC_ALL=C awk '
		function flush() { if (command != "") print command; command = ""; within = 0 }
		function take(line,  indent)
		{
			indent = match(line, /[^ ]/) - 1
			line = substr(line, indent + 1)
			sub(/[[:space:]]+# .*/, "", line)
			if (within && indent > first) {
				command = command (command == "" ? "" : " ") line
				return
			}
			flush()
			within = 1
			first = indent
			# No closing bracket, and nothing that is printed.
			command = line ~ /^[A-Za-z.\/]/ ? line : ""
		}
		FNR == 1 { flush(); fence = 0; blank = 1 }
		/^ *```/ {
			flush()
			for (i = 0; fence && !drawing && i < n; i++)
				take(lines[i])
			flush()
			fence = !fence
			n = drawing = 0
			next
		}
		fence { lines[n++] = $0; drawing += /[^ -~\t]/; next }
		/^ *$/ { flush(); blank = 1; next }
		!/^    / || !(blank || within) { flush(); blank = 0; next }
		{ blank = 0; take($0) }
		END { flush() }' "$@" | tr -s '[:blank:]' ' '
}

rows() { grep -vE '^(#|$)' tests/readme/commands; }

same_as_table()
{
	diff <(commands "${PAGES[@]}" | sort -u) <(rows | sed 's/ -> .*//' | sort -u)
}

# scripts TEST: its files
scripts()
{
	local name=${1#lab-}
	case $1 in
	lab-selftest) name=lab-selftest ;;
	lab-*) name=lab/$name ;;
	esac
	find "tests/$name.sh" "tests/$name" -name '*.sh' 2>/dev/null
}

# names_tests: is there each test that the table names, and does it do what the table says?
names_tests()
{
	local command row test pattern how status=0
	tests/run --all --list >"$work/list"
	while read -r row; do
		command=${row%% -> *} test=${row#* -> }
		pattern=${test#*: } test=${test%%:*}
		[ "$test" != none ] || continue
		how=-qE
		if [ "$pattern" = "$test" ]; then
			how=-qF pattern=${command#sudo }
		fi
		grep -qx "$test" "$work/list" || { echo "tests/run has no test '$test'"; status=1; continue; }
		scripts "$test" | xargs grep "$how" -e "$pattern" && continue
		echo "'$command': no script of '$test' has '$pattern'"
		status=1
	done < <(rows)
	return "$status"
}

# can_be_installed COMMAND: the packages have these names
can_be_installed()
{
	local words
	read -ra words <<<"$1"
	apt-get --simulate install "${words[@]:3}"
}

# What the machine's own folders get stays in this function's; the kernel and its headers
# are the lab's.
DIRS='/lib/modules /usr/local /boot /etc/udev/rules.d /etc/systemd/system'
installs()
{
	local dir release
	for dir in $DIRS; do
		mkdir -p "$dir" && mount -t tmpfs none "$dir" || return
	done
	release=/lib/modules/$(uname -r)
	mkdir -p /boot/firmware/overlays "$release" && ln -s "$KDIR" "$release/build" || return
	git ls-files -z | xargs -0 cp --parents -t "$work/clone" && cd "$work/clone" || return
	unset CACHE KDIR MAKEFLAGS

	make
	make install || return
	[ "$(find /lib/modules/*/updates -name 'gnss_gpio*.ko*' | wc -l)" = 2 ] &&
		cmp dts/gnss-gpio-overlay.dtbo /boot/firmware/overlays/gnss-gpio.dtbo &&
		cmp tools/60-gnss-gpio.rules /etc/udev/rules.d/60-gnss-gpio.rules &&
		/usr/local/bin/nmea-gen --count 1 || return

	make uninstall || return
	# shellcheck disable=SC2086 # words
	[ -z "$(find $DIRS -type f ! -name 'modules.*')" ] || { find $DIRS -type f; return 1; }
}
export -f installs
export DIRS work

check 'readme: the table has the commands of the pages, and no others' same_as_table
check 'readme: the tests that it names run them' names_tests
while read -r command; do
	name="readme: the packages are there: $command"
	if [ -z "$(apt-cache madison bash)" ]; then
		skip "$name" 'apt has no lists of packages; type: apt-get update'
	else
		check "$name" can_be_installed "$command"
	fi
done < <(rows | sed -nE 's/ -> readme: apt-get.*//p')
if [ "$(id -u)" = 0 ]; then
	release=$(tools/lab/fetch resolve 6.12 "$(dpkg --print-architecture)") &&
		KDIR=$(tools/lab/fetch headers "$release") || exit 1
	export KDIR
	mkdir "$work/clone"
	check 'readme: make, make install; make uninstall leaves nothing' unshare -m bash -c installs
else
	skip 'readme: make, make install; make uninstall leaves nothing' 'only root has folders of its own'
fi
check 'readme: make demo' make demo
exit $STATUS
