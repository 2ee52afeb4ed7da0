#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What can be seen of the sources without building them.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

sources() { git ls-files -- "$@"; }

# compat.h is the place that knows kernel versions, and has no other purpose.
# Events look as they do in include/trace/events.
checkpatch()
{
	local ignore=()
	case $1 in
	driver/compat.h) ignore=(--ignore LINUX_VERSION_CODE --ignore MACRO_ARG_UNUSED) ;;
	driver/trace.h) ignore=(--ignore OPEN_ENDED_LINE --ignore PARENTHESIS_ALIGNMENT) ;;
	esac
	silent "$LINUX/scripts/checkpatch.pl" --no-tree --strict -q "${ignore[@]}" -f "$1"
}

kernel_doc() { silent "$LINUX/scripts/kernel-doc" -none -Werror "$1"; }

# each NAME COMMAND FILE...: one verdict for all of the files
each()
{
	local name=$1 command=$2 file
	shift 2
	all()
	{
		local status=0
		for file; do "$command" "$file" || status=1; done
		return "$status"
	}
	check "$name ($# files)" all "$@"
}

spdx() { head -n 3 "$1" | grep -q SPDX-License-Identifier || { echo "$1"; false; }; }

LINUX=$(tools/lab/fetch source 6.12) || exit 1

mapfile -t kernel_files < <(sources 'driver/*.[ch]' 'tools/cost/gnss_cost.c')
each 'checkpatch.pl --strict' checkpatch "${kernel_files[@]}"
if [ -e "$LINUX/scripts/kernel-doc" ]; then
	each 'kernel-doc' kernel_doc "${kernel_files[@]}"
else
	skip 'kernel-doc' "$LINUX has no scripts/kernel-doc"
fi

# These have formats without comments.
mapfile -t all_files < <(sources |
	grep -vE '^(LICENSE|README\.md|\.gitignore|tools/deb/debian/(changelog|copyright|source/format))$')
each 'SPDX line' spdx "${all_files[@]}"

mapfile -t shell_files < <(grep -lE '^#!/bin/(ba)?sh' "${all_files[@]}")
check "shellcheck (${#shell_files[@]} files)" shellcheck -x -e SC1091,SC2317 "${shell_files[@]}"
exit $STATUS
