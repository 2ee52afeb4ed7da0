#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gnss-latency with files of made-up runs, and with a driver that is a fake.
#
#   test_gnss_latency.sh PROGRAMS
set -u

cd "$(dirname "$0")" || exit 1
PROGRAMS=$1
DIR=$(mktemp -d)
RECEIVER=
trap '[ -z "$RECEIVER" ] || kill $RECEIVER; rm -rf "$DIR"' EXIT
STATUS=0

export FAKE_GNSS=$DIR/fake
GG=$FAKE_GNSS/sys/class/gnss_gpio/gnss_gpio0
SIM=$GG/gnss_gpio_sim/gnss-sim0

result()
{
	if [ "$1" = 0 ]; then
		echo "ok - gnss-latency: $2"
	else
		echo "not ok - gnss-latency: $2"
		sed 's/^/# /' "$DIR/err"
		STATUS=1
	fi
}

latency()
{
	"$PROGRAMS/gnss-latency" "$@" >"$DIR/out" 2>"$DIR/err"
}

says() { grep -q -e "$1" "$DIR/err"; }
shows() { grep -q -e "$1" "$DIR/out"; }

# refuses STATUS WORDS OPTION...: one line that holds the words, and no output
refuses()
{
	local wanted=$1 words=$2
	shift 2
	latency "$@"
	[ $? = "$wanted" ] && [ ! -s "$DIR/out" ] && [ "$(wc -l <"$DIR/err")" = 1 ] &&
		says "$words" && return
	echo "# gnss-latency $*" >>"$DIR/err"
	return 1
}

# --- earlier runs ------------------------------------------------------------

samples()
{
	./latency-sample --kicks 2000 --fixes 60 --loads idle,cpu >"$DIR/a.json" &&
		./latency-sample --kicks 2000 --fixes 60 --loads idle,cpu --scale 2 >"$DIR/b.json"
}

bad_options()
{
	refuses 2 'no option' --moods tasklet &&
		refuses 2 'needs a value' --modes &&
		refuses 2 'no option' -x &&
		refuses 2 'seconds from' --duration soon &&
		refuses 2 'seconds from' --duration 0 &&
		refuses 2 'seconds from' --settle nan &&
		refuses 2 'must be a number' --device first &&
		refuses 2 'must be a number' --rt-priority 100 &&
		refuses 2 "no load 'cpus'; there are: idle, cpu, rt" --loads idle,cpus &&
		refuses 2 "no load 'stress-ng:'" --loads stress-ng: &&
		refuses 2 'empty name' --loads idle,,cpu &&
		refuses 2 "'cpu' twice" --loads cpu,idle,cpu &&
		refuses 2 'no sort key' --sort start.p98 &&
		refuses 2 'does not go with it' --from "$DIR/a.json" --duration 3 &&
		refuses 2 'too many' --from "$DIR/a.json" tasklet &&
		refuses 2 "no load 'rt'" --from "$DIR/a.json" --loads rt &&
		refuses 2 "no bottom half 'taskle'" --from "$DIR/a.json" --modes taskle
}

bad_files()
{
	head -c 3000 "$DIR/a.json" >"$DIR/cut.json"
	echo '{"class":"TPV"}' >"$DIR/foreign.json"
	echo 'no json' >"$DIR/text.json"
	: >"$DIR/empty.json"
	sed 's/"version":1/"version":7/' "$DIR/a.json" >"$DIR/newer.json"
	sed 's/"count":2000/"count":2001/' "$DIR/a.json" >"$DIR/count.json"
	sed 's/"name":"tasklet"/"name":"..\/tasklet"/' "$DIR/a.json" >"$DIR/name.json"
	sed 's/"kernel":"6/"kernel":"`6/; s/"baud":[0-9]*/"baud":-1/' "$DIR/a.json" >"$DIR/baud.json"
	refuses 1 'cut off' --from "$DIR/cut.json" &&
		refuses 1 'not made by gnss-latency' --from "$DIR/foreign.json" &&
		refuses 1 'no JSON' --from "$DIR/text.json" &&
		refuses 1 'is empty' --from "$DIR/empty.json" &&
		refuses 1 'version 7' --from "$DIR/newer.json" &&
		refuses 1 'do not agree' --from "$DIR/count.json" &&
		refuses 1 'a name is none' --from "$DIR/name.json" &&
		refuses 1 'damaged' --from "$DIR/baud.json" &&
		refuses 1 'cannot read' --from "$DIR/none.json" &&
		refuses 1 'cannot read' --from "$DIR" &&
		refuses 1 'cut off' --from "$DIR/a.json" --baseline "$DIR/cut.json"
}

by_pipe()
{
	latency --from /dev/stdin < <(cat "$DIR/a.json") && shows '^load cpu:'
}

# rows LOAD: the bottom halves in the order of the load's first table
rows()
{
	awk -v load="load $1:" 'index($0, load) == 1 { here = 1 }
		here && /^bottom half .*samples/ { table = 1; next }
		table && !NF { exit }
		table { print $1 }' "$DIR/out" | paste -sd' '
}

tables()
{
	latency --from "$DIR/a.json" && [ ! -s "$DIR/err" ] || return 1
	[ "$(grep -c '^load ' "$DIR/out")" = 2 ] || return 1
	[ "$(rows idle | wc -w)" = 12 ] && [ "$(rows cpu | cut -d' ' -f1)" = hardirq ] || return 1
	# a figure that its samples do not carry, one that they do
	grep '^tasklet  .* 2000 ' "$DIR/out" | grep -q '[0-9]~ ' || return 1
	shows 'needs 10/(1-p)' && shows '^idle: tasklet-hi won .* 2\.4 times\|^idle: tasklet-hi' || return 1
	[ "$(awk 'length > 120' "$DIR/out" | wc -l)" = 0 ]
}

# Bottom halves that wait alike: none of them wins.
tie()
{
	python3 - "$DIR/a.json" "$DIR/tie.json" <<-'END' 2>"$DIR/err" || return 1
		import json, sys
		run = json.load(open(sys.argv[1]))
		cells = run["loads"][0]["bottom_halves"]
		for cell in cells:
		    for key in cell:
		        if key != "name":
		            cell[key] = cells[0][key]
		json.dump(run, open(sys.argv[2], "w"), separators=(",", ":"))
	END
	latency --from "$DIR/tie.json" || return 1
	shows '^idle: none won, too close to tell apart (kick -> drain, p99: [0-9.]* us to [0-9.]* us); hardirq' &&
		shows '^cpu: .* won.* (.*), .* times shorter'
}

sorting()
{
	latency --from "$DIR/a.json" --modes workqueue,tasklet,hardirq --sort name || return 1
	[ "$(rows cpu)" = 'hardirq tasklet workqueue' ] || return 1
	latency --from "$DIR/a.json" --modes workqueue,tasklet,hardirq --sort none || return 1
	[ "$(rows cpu)" = 'workqueue tasklet hardirq' ] || return 1
	latency --from "$DIR/a.json" --modes workqueue,tasklet,hardirq --sort softirq --loads cpu || return 1
	[ "$(rows cpu)" = 'workqueue hardirq tasklet' ] && [ -z "$(rows idle)" ]
}

# Its own JSON, read back, is the same in all that it holds.
json()
{
	latency --from "$DIR/a.json" --json "$DIR/a2.json" &&
		latency --from "$DIR/a2.json" --json "$DIR/a3.json" || return 1
	cmp "$DIR/a2.json" "$DIR/a3.json" 2>>"$DIR/err" || return 1
	python3 - "$DIR/a.json" "$DIR/a2.json" <<-'END' 2>>"$DIR/err"
		import json, sys
		a, b = (json.load(open(f)) for f in sys.argv[1:])
		def holds(b, a, where=""):
		    if isinstance(a, dict):
		        for k in a:
		            if k != "verdict":
		                holds(b[k], a[k], f"{where}.{k}")
		    elif isinstance(a, list):
		        assert len(a) == len(b), where
		        for i, (x, y) in enumerate(zip(b, a)):
		            holds(x, y, f"{where}[{i}]")
		    else:
		        assert a == b, (where, a, b)
		holds(b, a)
		assert b["loads"][0]["bottom_halves"][0]["start"]["p99_ns"] > 0
	END
}

csv()
{
	latency --from "$DIR/a.json" --csv "$DIR/a.csv" || return 1
	python3 - "$DIR/a.json" "$DIR/a.csv" <<-'END' 2>>"$DIR/err"
		import csv, json, sys
		rows = list(csv.DictReader(open(sys.argv[2])))
		assert len(rows) == 24 and not any(None in r or None in r.values() for r in rows)
		cells = [c for l in json.load(open(sys.argv[1]))["loads"] for c in l["bottom_halves"]]
		for r, c in zip(rows, cells):
		    assert r["bottom_half"] == c["name"] and r["baud"] == "38400"
		    assert int(r["start_max_ns"]) == c["start"]["max_ns"]
		    assert int(r["drains"]) == c["drains"] and int(r["whole_count"]) == 60
	END
}

baseline()
{
	latency --from "$DIR/b.json" --baseline "$DIR/a.json" --modes tasklet || return 1
	# Twice as slow: flagged.
	grep -A 1 '^cpu .*start p50' "$DIR/out" | grep -q '^tasklet .*+[89][0-9]%!\|^tasklet .*+1[01][0-9]%!' || return 1
	latency --from "$DIR/a.json" --baseline "$DIR/a.json" --modes tasklet || return 1
	grep -A 1 '^cpu .*start p50' "$DIR/out" | grep '^tasklet' | grep -q '+0% ' || return 1
	! grep -A 1 '^cpu .*start p50' "$DIR/out" | grep -q '%!' || return 1
	./latency-sample --rt --kicks 50 --fixes 5 --loads rt --modes tasklet >"$DIR/c.json"
	latency --from "$DIR/c.json" --baseline "$DIR/a.json" &&
		shows 'rt: not in the baseline' && shows 'of another machine'
}

output_that_fails()
{
	latency --from "$DIR/a.json" --json /dev/full
	[ $? = 1 ] && says 'cannot write to /dev/full: No space' || return 1
	latency --from "$DIR/a.json" --json "$DIR/new" --csv "$DIR/none/a.csv"
	[ $? = 1 ] && says 'cannot write' && refuses 2 'the same file' --from "$DIR/a.json" --json "$DIR/new" --csv "$DIR/new" &&
		refuses 1 'cannot read' --from "$DIR/none.json" --json "$DIR/new" && [ ! -e "$DIR/new" ] || return 1
	"$PROGRAMS/gnss-latency" --from "$DIR/a.json" >/dev/full 2>"$DIR/err"
	[ $? = 1 ] && says 'cannot write' || return 1
	"$PROGRAMS/gnss-latency" --from "$DIR/a.json" 2>"$DIR/err" | true
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	./unread "$PROGRAMS/gnss-latency" --from "$DIR/a.json" --json "$DIR/unread.json" --csv "$DIR/unread.csv" 2>"$DIR/err" &&
		latency --from "$DIR/unread.json" && grep -q tasklet "$DIR/unread.csv"
}

png_size() { od -A n -t u1 -j 16 -N 8 "$1" | awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'; }

plots()
{
	local name
	# One sample, equal samples, an empty one: gnuplot takes them all.
	./latency-sample --kicks 1 --fixes 1 --loads irqoff --modes tasklet,hardirq >"$DIR/one.json"
	./latency-sample --kicks 20 --fixes 0 --loads rt --modes tasklet >"$DIR/none.json"
	latency --from "$DIR/a.json" --plot "$DIR/plots" && [ ! -s "$DIR/err" ] &&
		latency --from "$DIR/one.json" --plot "$DIR/plots" && [ ! -s "$DIR/err" ] &&
		latency --from "$DIR/none.json" --plot "$DIR/plots" && [ ! -s "$DIR/err" ] || return 1
	[ "$(find "$DIR/plots" -type f | wc -l)" = 14 ] || return 1
	for name in idle-start idle-whole cpu-start cpu-whole irqoff-start irqoff-whole rt-start; do
		[ "$(png_size "$DIR/plots/$name.png")" = 1320x900 ] || return 1
		grep -q '<svg *$\|<svg width="990" height="675"' "$DIR/plots/$name.svg" &&
			grep -q 'width="990" height="675"' "$DIR/plots/$name.svg" &&
			grep -q tasklet "$DIR/plots/$name.svg" || return 1
	done
	grep -q "line.s CPU" "$DIR/plots/irqoff-start.svg" || return 1
	latency --from "$DIR/a.json" --plot "$DIR/a.json"
	[ $? = 1 ]
}

no_gnuplot()
{
	PATH=/nowhere "$PROGRAMS/gnss-latency" --from "$DIR/a.json" --plot "$DIR/p" >"$DIR/out" 2>"$DIR/err"
	[ $? = 1 ] && says 'apt-get install gnuplot' && [ ! -s "$DIR/out" ] || return 1
	PATH=/nowhere "$PROGRAMS/gnss-latency" --loads stress-ng:vm >"$DIR/out" 2>"$DIR/err"
	[ $? = 1 ] && says 'apt-get install stress-ng'
}

report()
{
	local try
	latency --from "$DIR/a.json" --json "$DIR/6.12.json" || return 1
	./latency-sample --rt --kicks 300 --fixes 10 --loads cpu,rt >"$DIR/c.json"
	latency --from "$DIR/c.json" --json "$DIR/6.12-rt.json" || return 1
	for try in 1 2; do
		../../tools/compare-report --out "$DIR/report$try" --gnss-latency "$PROGRAMS/gnss-latency" \
			"$DIR/6.12.json" "$DIR/6.12-rt.json" 2>"$DIR/err" && [ ! -s "$DIR/err" ] || return 1
	done
	diff -r "$DIR/report1" "$DIR/report2" >>"$DIR/err" || return 1
	[ "$(grep -c '^load ' "$DIR/report1/compare.txt")" = 4 ] &&
		[ -s "$DIR/report1/6.12-rt/rt-whole.png" ] || return 1
	# A row and a label for each kernel, and no load is left out.
	[ "$(grep -c '^| .kthread. | [0-9]' "$DIR/report1/overview.md")" = 2 ] &&
		[ "$(grep -c '<text>kthread<' "$DIR/report1/overview.svg")" = 2 ] &&
		grep -q '<text>rt<' "$DIR/report1/overview.svg" || return 1
	python3 - "$DIR/report1/index.html" <<-'END' 2>>"$DIR/err" || return 1
		import html.parser, re, sys
		class Check(html.parser.HTMLParser):
		    open, images, tables = [], 0, 0
		    def handle_starttag(self, tag, attrs):
		        attrs = dict(attrs)
		        assert not attrs.get("src", "data:").startswith("http") and tag not in ("script", "link")
		        self.images += tag == "img" and attrs["src"].startswith("data:image/svg+xml;base64,")
		        self.tables += tag == "table"
		        if tag not in ("meta", "img"):
		            self.open.append(tag)
		    def handle_endtag(self, tag):
		        if self.open[-1] == "p" and tag != "p":
		            self.open.pop()
		        assert self.open.pop() == tag, tag
		text = open(sys.argv[1]).read()
		check = Check()
		check.feed(text)
		assert not check.open and check.images == 8 and check.tables == 1 + 5, vars(check)
		assert text.count('class="verdict"') == 8 and "PREEMPT_RT" in text
		# Words and tables round alike.
		for figure in re.findall(r"([0-9.]+) us[);.]", text):
		    assert re.search(f"<td[^>]*>(<b>)?{re.escape(figure)}<", text), figure
	END
	! ../../tools/compare-report --out "$DIR/report3" "$DIR/cut.json" 2>"$DIR/err" && says 'cannot read'
}

# --- a driver ----------------------------------------------------------------

# receiver [OPTION]: a new one
receiver()
{
	[ -z "$RECEIVER" ] || kill $RECEIVER
	rm -rf "$FAKE_GNSS" "$DIR/ready"
	: >"$DIR/ready"
	./fake-receiver "$@" "$FAKE_GNSS" >"$DIR/ready" &
	RECEIVER=$!
	for _ in $(seq 100); do
		[ -s "$DIR/ready" ] && return
		sleep 0.05
	done
	return 1
}

with_fake()
{
	LD_PRELOAD=$PROGRAMS/../fake_gnss.so ASAN_OPTIONS=verify_asan_link_order=0 "$@"
}

faked() { with_fake timeout -s KILL 30 "$PROGRAMS/gnss-latency" --settle 0.02 "$@" >"$DIR/out" 2>"$DIR/err"; }

# as_before: all that was changed is back, and no load runs on
as_before()
{
	grep -qx 'threaded-irq \[workqueue\] tasklet' "$GG/bottom_half" || return 1
	[ ! -e "$SIM" ] || [ "$(cat "$SIM/irqoff_us" "$SIM/irqoff_period_us" | paste -sd' ')" = '3 2000' ] ||
		return 1
	! pgrep -f "^$PROGRAMS/gnss-latency" >/dev/null
}

no_device()
{
	local device=250
	[ ! -e /dev/gnss-fix$device ] || return 0
	refuses 1 'modprobe gnss_gpio' --device $device
}

measures()
{
	faked --loads idle,cpu,irqoff --duration 0.15 --json "$DIR/m.json" || return 1
	as_before && latency --from "$DIR/m.json" && [ "$(grep -c '^load ' "$DIR/out")" = 3 ] &&
		shows 'off on the line.s CPU for up to 7 us' || return 1
	[ "$(rows irqoff)" = 'threaded-irq workqueue tasklet' ] || return 1
	python3 - "$DIR/m.json" <<-'END' 2>>"$DIR/err"
		import json, sys
		for load in json.load(open(sys.argv[1]))["loads"]:
		    for c in load["bottom_halves"]:
		        assert c["kicks"] == 1500 and 150e6 <= c["measured_ns"] < 25e9
		        # fake-receiver gives one each 20 ms, later on a busy machine.
		        assert 1 <= c["read"]["count"] <= c["measured_ns"] / 20e6 + 5
		        assert c["records_lost"] == 0
		        # The records say when they were made: 50 us after their sentence.
		        assert c["whole"]["sum_ns"] - c["read"]["sum_ns"] == 50000 * c["read"]["count"]
		        assert c["read"]["min_ns"] >= 20000
	END
}

one_mode()
{
	faked --modes tasklet --loads idle --duration 0.1 && [ "$(rows idle)" = tasklet ] && as_before || return 1
	faked --modes tasklet,tastlet --loads cpu
	[ $? = 2 ] && says "no bottom half 'tastlet'; there are: threaded-irq workqueue tasklet" && as_before
}

real_receiver()
{
	receiver --real || return 1
	faked --modes tasklet --loads idle,irqoff --duration 0.1 || return 1
	says "'irqoff' left out" && [ "$(grep -c '^load ' "$DIR/out")" = 1 ] && as_before
}

# trouble FILE VALUE WORDS: from the start, with a file of fake_gnss.c
trouble()
{
	echo "$2" >"$FAKE_GNSS/$1"
	faked --modes tasklet --loads idle --duration 0.1
	[ $? = 1 ] && says "$3" && [ ! -s "$DIR/out" ]
	local bad=$?
	rm "$FAKE_GNSS/$1"
	return $bad
}

troubles()
{
	receiver || return 1
	trouble errno 25 'too old' &&
		trouble old 1 'too old' &&
		trouble errno 19 'is gone' &&
		trouble busy 1 'another program is switching' &&
		trouble empty 1 'nothing was received' &&
		as_before
}

# A bottom half that is kept from running is a result, not an error.
starved()
{
	: >"$FAKE_GNSS/starved"
	faked --modes tasklet,workqueue --loads idle --duration 0.1 --json "$DIR/s.json"
	local status=$?
	rm "$FAKE_GNSS/starved"
	[ $status = 0 ] && shows '^tasklet .*not one drain done: 1500 kicks, 7 overruns$' &&
		grep -q '; not one drain done: tasklet (1500 kicks), workqueue (1500 kicks); observations lost: tasklet 7,' "$DIR/s.json" &&
		[ "$(grep -o '"drained":false' "$DIR/s.json" | wc -l)" = 2 ] &&
		latency --from "$DIR/s.json" && shows 'not one drain done' && as_before
}

# What was measured before an error is shown and written.
broken_off()
{
	receiver || return 1
	{
		for _ in $(seq 200); do
			! grep -q '2/2' "$DIR/err" || break
			sleep 0.02
		done
		echo 19 >"$FAKE_GNSS/errno"
	} &
	faked --loads idle --modes tasklet,workqueue --duration 1 --json "$DIR/b.json"
	[ $? = 1 ] && says 'is gone' && says 'is kept' && [ "$(rows idle)" = tasklet ] &&
		latency --from "$DIR/b.json" && [ "$(rows idle)" = tasklet ] && as_before
}

no_data()
{
	: >"$FAKE_GNSS/silent"
	faked --modes tasklet --loads idle --duration 0.1
	[ $? = 1 ] && says 'the line is silent; see to the wiring' && as_before
}

# interrupt SIGNAL: while a load runs; the shell sees the signal
interrupt()
{
	receiver || return 1
	# A shell's background job ignores SIGINT, and what ignores it goes on.
	with_fake python3 - "$PROGRAMS/gnss-latency" "$1" "$DIR" <<-'END' || return 1
		import signal, subprocess, sys, time
		program, name, folder = sys.argv[1:]
		number = getattr(signal, name)
		signal.signal(number, signal.SIG_DFL)
		with open(folder + "/out", "w") as out, open(folder + "/err", "w") as err:
		    p = subprocess.Popen([program, "--loads", "cpu,irqoff", "--modes", "tasklet",
		                          "--settle", "0.02", "--duration", "1.5"], stdout=out, stderr=err)
		    while "2/2" not in open(folder + "/err").read():
		        assert p.poll() is None, p.returncode
		        time.sleep(.02)
		    time.sleep(.2)
		    # The first load is over, or ends as soon as this busy host lets it.
		    end = time.monotonic() + 1
		    while subprocess.run(["pgrep", "-P", str(p.pid)], stdout=subprocess.DEVNULL).returncode != 1:
		        assert time.monotonic() < end
		        time.sleep(.02)
		    p.send_signal(number)
		    assert p.wait(10) == -number, p.returncode
	END
	says 'interrupted; all is as it was' && [ "$(rows cpu)" = tasklet ] &&
		[ -z "$(rows irqoff)" ] && as_before
}

# A load that somebody kills, and one that the device's end meets.
killed_load()
{
	receiver || return 1
	faked --loads cpu --modes tasklet --duration 1.5 &
	local run=$! program=
	for _ in $(seq 200); do
		says '1/1' && sleep 0.3 && program=$(pgrep -of "^$PROGRAMS/gnss-latency") && break
		sleep 0.02
	done
	pgrep -P "$program" | head -n 1 | xargs -r kill -KILL
	wait $run
	[ $? = 1 ] && says "a process of the load 'cpu' has ended" && as_before
}

unbound()
{
	receiver || return 1
	{ sleep 0.5; echo 19 >"$FAKE_GNSS/errno"; } &
	faked --loads irqoff --modes tasklet --duration 1
	[ $? = 1 ] && says 'is gone' && as_before
}

: >"$DIR/err"
samples
result $? 'made-up runs'
bad_options
result $? 'bad options'
bad_files
result $? 'files that are damaged, cut off or foreign'
by_pipe
result $? 'an earlier run from a pipe'
tables
result $? 'tables and words'
tie
result $? 'words for a tie'
sorting
result $? 'sorting'
json
result $? 'JSON and back'
csv
result $? 'CSV'
baseline
result $? '--baseline'
output_that_fails
result $? 'output that fails'
no_gnuplot
result $? 'no gnuplot, no stress-ng'
if command -v gnuplot >/dev/null; then
	plots
	result $? 'plots'
	report
	result $? 'compare-report'
else
	echo 'skip - gnss-latency: plots and compare-report: gnuplot is missing (Debian: gnuplot-nox)'
fi
no_device
result $? 'no device'
receiver && measures
result $? 'measures, and puts all back'
one_mode
result $? '--modes'
real_receiver
result $? 'a real receiver'
troubles
result $? 'drivers that fail'
starved
result $? 'a bottom half that never gets done'
no_data
result $? 'no data'
interrupt SIGINT
result $? 'SIGINT'
interrupt SIGTERM
result $? 'SIGTERM'
killed_load
result $? 'a load that dies'
unbound
result $? 'a device that goes'
broken_off
result $? 'a run that breaks off'
exit $STATUS
