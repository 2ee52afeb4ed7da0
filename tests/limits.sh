#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the receive engines can do, in the lab: 60 sentences back to back for each
# engine, rate and kind of disturbance; sentences intact, of 60, in the stream
# 'checked'. Each frame that is called good is held against what was sent.
#
#   limits.sh          what 'make check' has time for
#   limits.sh --all    the tables of 'make limits'
#
# Where there are windows with interrupts off, or glitches, it depends on which
# bits they meet: such a cell is played for five draws, and its figure is the mean,
# to the nearest whole number, with the least behind it in brackets where that is
# another. A quiet cell is played once, and may be short by one sentence.
#
# It fails if a figure is less than is asked for below; if 'auto' does not use
# 'edge', or is worse than the best engine by more than two; if a good frame was not
# what was sent, but for one in 10000 beside glitches; or if more sentences had the
# right checksum and were not what was sent than eight bits excuse: none up to 38400
# baud with windows of up to 30 us, elsewhere one in 100 of those sent, rounded up.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

CACHE=$(realpath -m "${CACHE:-build}")
OUT=$CACHE/check/limits
case ${1:-} in
--all | '') ;;
*) echo "limits.sh: there is no option '$1'" >&2; exit 2 ;;
esac
mkdir -p "$OUT"

BAUDS='4800 9600 19200 38400 57600 115200'
OFFS='0 30 80'
DRAWS='1 2 3 4 5'
SKEWS='-5 -4 -3 -2 -1 0 1 2 3 4 5'
GLITCH_BAUDS='4800 9600 19200 38400'
# In a bit, 1e-6: one byte of ten has one.
GLITCH_PPM=10000
FAST_BAUDS='115200 230400'

# BAUD, and what is asked for: quiet, off<=30 us, off<=80 us
BEST='
4800 60 60 60
9600 60 60 60
19200 60 60 60
38400 60 60 55
57600 60 59 41
115200 60 43 18'
TIMER='
19200 60 60 57
38400 60 58 42
57600 59 57 28'

# BAUD OFF_US in which 'auto' is played
AUTO='
9600 0
19200 80
38400 80
115200 0
115200 30'

# frames: the program that judges, for the guest
frames()
{
	tools/lab/compile arm64 -Wall -Wextra -Werror -o "$OUT/frames" tests/limits/frames.c
}

# --- playing -----------------------------------------------------------------

# cells ENGINE BAUD SKEW_PPM OFF_US [GLITCH_PPM]: a line for each draw
cells()
{
	local draw draws=1
	[ "$4$5" = 00 ] || draws=$DRAWS
	for draw in $draws; do
		echo "$1 $2 $3 $4 $5 $draw"
	done
}

# run PART LAB-OPTION...: the file PART.cells. What the guest says is PART.said, and
# the figures of each cell, whatever the draw, are a line of PART.figures.
run()
{
	local part=$1
	shift
	cp "$OUT/$part.cells" "$OUT/cells"
	tools/lab/run --timeout 3000 "$@" --put tests/lab/lib.sh --put "$OUT/frames" \
		--put tests/limits/guest.sh:/root/guest.sh --put "$OUT/cells" \
		-- sh guest.sh >"$OUT/$part.said" 2>"$OUT/$part.errors"
	figures <"$OUT/$part.said" >"$OUT/$part.figures"
}

# cell ENGINE BAUD SKEW_PPM OFF_US GLITCH_PPM DRAW: NAME VALUE... ->
# ENGINE BAUD SKEW_PPM OFF_US GLITCH_PPM: plays N sentences MEAN least N NAME VALUE...
figures()
{
	awk '
		$1 != "cell" || !/ sentences / { next }
		{
			cell = $2 " " $3 " " $4 " " $5 " " $6
			if (!plays[cell]++)
				order[++cells] = cell
			delete value
			for (i = 8; i < NF; i += 2)
				value[$i] = $(i + 1)
			# Where frames are not traced none may be called good.
			if (!("traced" in value))
				value["wrong"] = value["good"]
			n = value["sentences"]
			sum[cell] += n
			if (plays[cell] == 1 || n < least[cell])
				least[cell] = n
			altered[cell] += value["altered"]
			good[cell] += value["good"]
			wrong[cell] += value["wrong"]
			used[cell] = plays[cell] == 1 || used[cell] == value["used"] ? value["used"] : "both"
		}
		END {
			for (i = 1; i <= cells; i++) {
				cell = order[i]
				n = plays[cell]
				print cell ": plays", n, "sentences", int(sum[cell] / n + 0.5), "least", least[cell],
					"altered", altered[cell], "good", good[cell], "wrong", wrong[cell], "used", used[cell]
			}
		}'
}

# --- figures -----------------------------------------------------------------

# figure NAME PART CELL: CELL is ENGINE BAUD SKEW_PPM OFF_US GLITCH_PPM
figure() { sed -n "s/^$3:.* $1 \\([a-z0-9]*\\).*/\\1/p" "$OUT/$2.figures"; }

# sum NAME PART ENGINE: of all its cells
sum()
{
	sed -n "s/^$3 .* $1 \\([0-9]*\\).*/\\1/p" "$OUT/$2.figures" |
		awk '{ n += $1 } END { print n + 0 }'
}

# sentences ENGINE PART REST: REST is a CELL without its engine; ENGINE may be 'best'
sentences()
{
	if [ "$1" = best ]; then
		{
			figure sentences "$2" "edge $3"
			figure sentences "$2" "timer $3"
		} | sort -n | tail -n 1
	else
		figure sentences "$2" "$1 $3"
	fi
}

# shown PART CELL: as tables have it
shown()
{
	local mean least
	mean=$(figure sentences "$1" "$2")
	least=$(figure least "$1" "$2")
	[ "$least" = "$mean" ] || mean+=" ($least)"
	echo "${mean:--}"
}

# windows OFF_US
windows() { if [ "$1" = 0 ]; then echo quiet; else echo "off<=$1 us"; fi; }

rates_table()
{
	local engine baud off
	for engine in edge timer; do
		printf '\n# engine %s: sentences intact of 60\n' $engine
		printf '# %6s %10s %12s %12s\n' baud quiet 'off<=30 us' 'off<=80 us'
		for baud in $BAUDS; do
			printf '# %6s' "$baud"
			for off in $OFFS; do
				printf ' %*s' $((off ? 12 : 10)) "$(shown rates "$engine $baud 0 $off 0")"
			done
			echo
		done
	done
}

auto_table()
{
	local baud off
	printf '\n# engine auto: sentences intact of 60\n'
	printf '# %6s %12s %8s %12s %12s\n' baud '' used auto edge
	while read -r baud off; do
		printf '# %6s %12s %8s %12s %12s\n' "$baud" "$(windows "$off")" \
			"$(figure used auto "auto $baud 0 $off 0")" \
			"$(shown auto "auto $baud 0 $off 0")" "$(shown rates "edge $baud 0 $off 0")"
	done < <(rows "$AUTO")
}

# skews_row ENGINE BAUD OFF_US
skews_row()
{
	local percent
	printf '# %-6s %6s %12s' "$1" "$2" "$(windows "$3")"
	for percent in $SKEWS; do
		printf ' %7s' "$(shown skews "$1 $2 $((percent * 10000)) $3 0")"
	done
	echo
}

skews_table()
{
	local engine
	printf '\n# clock of the sender off by so many per cent: sentences intact of 60\n'
	printf '# %-6s %6s %12s' engine baud ''
	# shellcheck disable=SC2086 # words
	printf ' %7s' $SKEWS
	echo
	for engine in edge timer; do
		skews_row $engine 9600 0
		skews_row $engine 9600 30
	done
	skews_row edge 19200 0
	skews_row edge 38400 0
}

glitches_table()
{
	local engine baud
	printf '\n# a glitch of a tenth of a bit in one byte of ten: sentences intact of 60\n'
	printf '# %-8s' engine
	# shellcheck disable=SC2086 # words
	printf ' %8s' $GLITCH_BAUDS
	echo '   bytes called good, of these wrong'
	for engine in edge timer; do
		printf '# %-8s' $engine
		for baud in $GLITCH_BAUDS; do
			printf ' %8s' "$(shown glitches "$engine $baud 0 0 $GLITCH_PPM")"
		done
		printf '   %17s, %14s\n' "$(sum good glitches $engine)" "$(sum wrong glitches $engine)"
	done
}

fast_table()
{
	local engine baud
	printf '\n# 1 ns an instruction, quiet: sentences intact of 60\n'
	# shellcheck disable=SC2086 # words
	printf '# %-8s %8s %8s\n' engine $FAST_BAUDS
	for engine in edge timer; do
		printf '# %-8s' $engine
		for baud in $FAST_BAUDS; do
			printf ' %8s' "$(shown fast "$engine $baud 0 0 0")"
		done
		echo
	done
}

# --- verdicts ----------------------------------------------------------------

complete()
{
	[ "$(grep -c '^cell .* sentences ' "$OUT/$1.said")" = "$(wc -l <"$OUT/$1.cells")" ] &&
		! grep '^cell' "$OUT/$1.said" | grep -v ' sentences ' && return
	tail -n 20 "$OUT/$1.said" "$OUT/$1.errors"
	return 1
}

# has ENGINE PART REST LEAST
has()
{
	local n
	n=$(sentences "$1" "$2" "$3")
	[ "${n:--1}" -ge "$4" ] || echo "${n:-none} of 60, to be $4"
	[ "${n:--1}" -ge "$4" ]
}

# none_wrong PART: but beside glitches, no frame that is called good may be another one
none_wrong()
{
	awk -F '[: ]+' '
		$5 == 0 && $17 > 0 { print; bad = 1 }
		END { exit bad }' "$OUT/$1.figures"
}

# few_wrong ENGINE: beside glitches
few_wrong()
{
	local wrong good
	wrong=$(sum wrong glitches "$1")
	good=$(sum good glitches "$1")
	[ "$good" -gt $((wrong * 10000)) ] || echo "$wrong of $good"
	[ "$good" -gt $((wrong * 10000)) ]
}

# few_altered PART
few_altered()
{
	awk -F '[: ]+' '
		{ most = $2 <= 38400 && $4 <= 30 ? 0 : int((60 * $7 + 99) / 100) }
		$13 > most { print; bad = 1 }
		END { exit bad }' "$OUT/$1.figures"
}

# auto_is_edge BAUD OFF_US
auto_is_edge()
{
	[ "$(figure used auto "auto $1 0 $2 0")" = edge ] || { echo 'it is not'; return 1; }
	has auto auto "$1 0 $2 0" $(($(sentences best rates "$1 0 $2 0") - 2))
}

judge()
{
	check "limits: $1: each cell was measured, and its verdicts add up" complete "$1"
	check "limits: $1: but beside glitches, no frame called good was another one" none_wrong "$1"
	check "limits: $1: sentences altered: none up to 38400 baud, off<=30 us, else one in 100 at most" \
		few_altered "$1"
	# What is not what was sent, for who wants to know why.
	grep '^# [a-z]* [0-9]' "$OUT/$1.said"
}

# --- all that 'make limits' plays --------------------------------------------

# rows TABLE: without empty lines
rows() { printf '%s\n' "$1" | grep .; }

all_cells()
{
	local engine baud off percent
	for baud in $BAUDS; do
		for off in $OFFS; do
			cells edge "$baud" 0 "$off" 0
			# With windows it has nothing to lose there.
			[ "$baud$off" = 11520030 ] || [ "$baud$off" = 11520080 ] || cells timer "$baud" 0 "$off" 0
		done
	done >"$OUT/rates.cells"
	while read -r baud off; do
		cells auto "$baud" 0 "$off" 0
	done < <(rows "$AUTO") >"$OUT/auto.cells"
	for percent in $SKEWS; do
		for off in 0 30; do
			cells edge 9600 $((percent * 10000)) $off 0
			cells timer 9600 $((percent * 10000)) $off 0
		done
		cells edge 19200 $((percent * 10000)) 0 0
		cells edge 38400 $((percent * 10000)) 0 0
	done >"$OUT/skews.cells"
	for engine in edge timer; do
		for baud in $GLITCH_BAUDS; do
			cells $engine "$baud" 0 0 $GLITCH_PPM
		done
	done >"$OUT/glitches.cells"
	for engine in edge timer; do
		for baud in $FAST_BAUDS; do
			cells $engine "$baud" 0 0 0
		done
	done >"$OUT/fast.cells"
}

# check_rates ENGINE TABLE
check_rates()
{
	local baud quiet off30 off80
	while read -r baud quiet off30 off80; do
		check "limits: $1, $baud baud, quiet: $quiet, or one less" has "$1" rates "$baud 0 0 0" $((quiet - 1))
		check "limits: $1, $baud baud, off<=30 us: $off30" has "$1" rates "$baud 0 30 0" "$off30"
		check "limits: $1, $baud baud, off<=80 us: $off80" has "$1" rates "$baud 0 80 0" "$off80"
	done < <(rows "$2")
}

check_auto()
{
	local baud off
	while read -r baud off; do
		check "limits: auto, $baud baud, $(windows "$off"): it is edge, and at most two behind the best" \
			auto_is_edge "$baud" "$off"
	done < <(rows "$AUTO")
}

check_skews()
{
	local percent engine baud
	for percent in $SKEWS; do
		for engine in edge timer; do
			check "limits: $engine, 9600 baud, $percent %, quiet: 60, or one less" \
				has $engine skews "9600 $((percent * 10000)) 0 0" 59
			check "limits: $engine, 9600 baud, $percent %, off<=30 us: 60" \
				has $engine skews "9600 $((percent * 10000)) 30 0" 60
		done
		for baud in 19200 38400; do
			check "limits: edge, $baud baud, $percent %, quiet: 60, or one less" \
				has edge skews "$baud $((percent * 10000)) 0 0" 59
		done
	done
}

all()
{
	local part baud plays
	all_cells
	plays=$(cat "$OUT"/{rates,auto,skews,glitches,fast}.cells | wc -l)
	echo "Playing 60 sentences $plays times; this takes ten to twenty minutes."
	run rates
	rates_table
	run auto
	auto_table
	run skews
	skews_table
	run glitches
	glitches_table
	run fast --ns-per-insn 1
	fast_table
	echo
	for part in rates auto skews glitches fast; do
		judge $part
	done
	check 'limits: edge, glitches: of the frames called good less than one in 10000 was another one' \
		few_wrong edge
	check_rates best "$BEST"
	check_rates timer "$TIMER"
	check_auto
	check_skews
	check 'limits: best, 9600 baud, a glitch in one byte of ten: 60' has best glitches "9600 0 0 $GLITCH_PPM" 60
	for baud in $FAST_BAUDS; do
		check "limits: best, $baud baud, 1 ns an instruction: 60, or one less" has best fast "$baud 0 0 0" 59
	done
}

# --- what 'make check' plays -------------------------------------------------

# ENGINE BAUD SKEW_PPM OFF_US GLITCH_PPM, and the least: in another version windows
# meet other bits, so here with room for that
SHORT='
edge 9600 0 80 0 58
edge 38400 0 80 0 50
edge 115200 0 0 0 55
edge 9600 50000 30 0 58
edge 9600 0 0 10000 55
timer 19200 0 80 0 50
timer 38400 -40000 0 0 55
auto 38400 0 30 0 57'

short()
{
	local engine rest least
	rows "$SHORT" | sed 's/ [0-9]*$/ 1/' >"$OUT/short.cells"
	run short
	sed -n 's/^cell/# cell/p' "$OUT/short.said"
	judge short
	while read -r engine rest; do
		least=${rest##* } rest=${rest% *}
		check "limits: $engine, $rest: at least $least of 60" has "$engine" short "$rest" "$least"
	done < <(rows "$SHORT")
	run_again
}

# The figures are those of virtual time: another run gives the same.
run_again()
{
	cp "$OUT/short.said" "$OUT/first.said"
	run short
	check 'limits: another run gives the same, byte for byte' cmp "$OUT/first.said" "$OUT/short.said"
}

check 'limits: the program that judges builds' frames
[ $STATUS = 0 ] || exit 1
if [ "${1:-}" = --all ]; then all; else short; fi
exit $STATUS
