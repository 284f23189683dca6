# SPDX-License-Identifier: BSD-2-Clause
# The words that end-to-end tests are written in. $PEEK_XDP is the program under test, set by
# ctest; the sandbox's own words stand in sandbox.sh.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

E2E_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=sandbox.sh
. "$E2E_DIR/sandbox.sh"
: "${PEEK_XDP:?is the path of the program under test}"

LOG=             # the JSON log of the monitor
LOG_DIR=         # where it is, unless in $WORK
CONTROL=         # its control socket
MONITOR_PID=
MONITOR_NETNS=host

# rules NAME LINE…: writes a rule file; its path is $WORK/NAME.
rules() {
    local file=$WORK/$1
    shift
    printf '%s\n' "$@" >"$file"
}

# start_monitor ARG…: `peek-xdp attach ARG…` on the host, in the background, until it answers.
start_monitor() {
    LOG=${LOG_DIR:-$WORK}/records.json
    CONTROL=$WORK/control.sock
    rm -f "$LOG"
    in_background "$MONITOR_NETNS" "$PEEK_XDP" attach "$@" -l "$LOG" --log-format json \
        --control "$CONTROL" >"$WORK/console" 2>"$WORK/messages"
    MONITOR_PID=$started
    within 20 monitor_is_up || fail "the monitor did not start"
}

monitor_is_up() {
    if ended "$MONITOR_PID"; then fail "the monitor ended while starting: $(cat "$WORK/messages")"; fi
    control status
}

# control COMMAND ARG…: talks to the running monitor.
control() { on "$MONITOR_NETNS" "$PEEK_XDP" "$@" --control "$CONTROL"; }

# expect_status JQ-CONDITION: `status --json` says so, at the latest when all that was seen is read.
# install_to DESTDIR: cmake --install, which writes into the build directory, too; over one that is
# read-only, as in a guest, something is laid that can be written.
install_to() {
    local over=$WORK/over command=(env DESTDIR="$1" cmake --install "$BUILD_DIR" --prefix /usr)
    if [ -w "$BUILD_DIR" ]; then
        "${command[@]}"
        return
    fi
    mkdir -p "$over"
    # A tmpfs, since a guest's /tmp is an overlay, which none can be laid on.
    # shellcheck disable=SC2016
    unshare --mount sh -ec 'mount -t tmpfs tmpfs "$2"
        mkdir "$2/upper" "$2/work"
        mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" over "$1"
        shift 2
        exec "$@"' sh "$BUILD_DIR" "$over" "${command[@]}"
}

status_has() { control status --json | jq -e "$1"; }
expect_status() { within 3 status_has "$1" || fail "not so: $1; status: $(control status --json)"; }

# expect_status_line PATTERN: `status` has such a line.
expect_status_line() { grep -qE -- "$1" <<<"$(control status)" || fail "no line $1 in: $(control status)"; }

# stop_monitor: SIGTERM; it ends with 0, and the log's last ledger adds up and is complete.
stop_monitor() {
    stop_incomplete_monitor
    jq -e '.complete' <<<"$(last_ledger)" >/dev/null || fail "not complete: $(last_ledger)"
}

# The same for a monitor that lost packets or did not look at all: what it missed is accounted for.
stop_incomplete_monitor() {
    local status=0
    kill -TERM "$MONITOR_PID"
    wait "$MONITOR_PID" || status=$?
    [ "$status" = 0 ] || fail "the monitor ended with status $status"
    expect_ledger_adds_up
    expect_alert_counts_add_up
}

# records TYPE [JQ-CONDITION]: that many records of the type are in the log.
records() {
    jq -s --arg type "$1" "[.[] | select(.event_type == \"alert\" and .alert.category == \$type)
        | select(${2:-true})] | length" "$LOG"
}

all_records() { jq -s '[.[] | select(.event_type == "alert")] | length' "$LOG"; }

# expect_records COUNT TYPE [JQ-CONDITION]
expect_records() {
    local seen
    seen=$(records "$2" "${3:-true}")
    [ "$seen" = "$1" ] || fail "expected $1 $2 records${3:+ where $3}, got $seen"
}

expect_no_other_records_than() {
    local seen
    seen=$(all_records)
    [ "$seen" = "$1" ] || fail "expected $1 records in all, got $seen"
}

has_records() { [ "$(records "$2" "${3:-true}")" = "$1" ]; }

# expect_within_a_second COUNT TYPE [JQ-CONDITION]: as many, no later than that.
expect_within_a_second() {
    within 1 has_records "$@" || fail "after a second: $(records "$2" "${3:-true}") of $1 $2 records"
}

last_ledger() { jq -c 'select(.event_type == "ledger")' "$LOG" | tail -n 1; }

# The equations that hold on every interface and hook once the hooks are closed.
expect_ledger_adds_up() {
    jq -e '.moment == "end" and (.entries | length > 0) and (.entries | all(
            .seen == .passed_clean + .candidates + ([.undecided[]] | add) and
            .candidates == .delivered + ([.lost[]] | add) and
            .candidates == ([.candidates_by_reason[]] | add)))' <<<"$(last_ledger)" >/dev/null ||
        fail "the ledger does not add up: $(last_ledger)"
}

# expect_seen HOOK COUNT: frames that the hook saw in all.
expect_seen() {
    local seen
    seen=$(last_ledger | jq --arg hook "$1" '[.entries[] | select(.direction == $hook).seen] | add')
    [ "$seen" = "$2" ] || fail "expected $2 frames seen on $1, got $seen"
}

# The number of records each alert on the console stands for, a line an alert.
alert_counts() {
    sed -nE '/^[0-9T:-]{19}Z /!d
        s/.*  ([0-9]+) more since .*/\1/p; t
        s/.*/1/p' "$WORK/console"
}

has_alerts() { [ "$(alert_counts | wc -l)" = "$1" ]; }

# The counts on the console, of first alerts and of summaries, are the number of records and of what
# the kernel decided while evidence was lost.
expect_alert_counts_add_up() {
    local alerts records lost
    alerts=$(alert_counts | awk '{ sum += $1 } END { print sum + 0 }')
    records=$(all_records)
    lost=$(last_ledger | jq .losses_counted)
    [ "$alerts" = $((records + lost)) ] ||
        fail "alerts stand for $alerts records, the log has $records and $lost were lost"
}

# expect_same_records_from CAPTURE RULES…: the file path finds what the hooks found, packet by
# packet, but for what only one of them knows.
expect_same_records_from() {
    local capture=$1
    shift
    "$PEEK_XDP" pcap "$capture" "$@" -l "$WORK/from-file.json" --log-format json \
        >/dev/null 2>"$WORK/pcap-messages" || fail "pcap: $(cat "$WORK/pcap-messages")"
    diff <(comparable "$LOG") <(comparable "$WORK/from-file.json") >"$WORK/difference" ||
        fail "live (<) and file (>) differ: $(head -n 20 "$WORK/difference")"
}

comparable() {
    jq -cS 'select(.event_type == "alert")
        | del(.timestamp, .in_iface, .pcap_filename, .pcap_cnt, .alert.context.hook)
        | del(.alert.context.scan.first?, .alert.context.scan.last?)' "$1" | sort
}

# refused STATUS TEXT COMMAND…: it ends with that status, and says so on standard error.
refused() {
    local wanted=$1 text=$2 status=0
    shift 2
    "$@" >"$WORK/refused.out" 2>"$WORK/refused.err" </dev/null || status=$?
    [ "$status" = "$wanted" ] ||
        fail "expected status $wanted, got $status: $* ($(cat "$WORK/refused.err"))"
    grep -qF -- "$text" "$WORK/refused.err" ||
        fail "expected \"$text\" from: $*; got: $(cat "$WORK/refused.err")"
}

# programs_on IFACE: how many BPF programs the kernel has on it, XDP, tcx and clsact together.
programs_on() { list_programs_on "$1" | wc -l; }

# The same without the stubs that are left of a dead monitor where there is no tcx.
programs_but_stubs_on() { list_programs_on "$1" | grep -cv ' peek_stub_' || true; }

list_programs_on() {
    local hook
    on "$MONITOR_NETNS" "$LIST_PROGRAMS" "$1"
    for hook in ingress egress; do
        on "$MONITOR_NETNS" tc filter show dev "$1" "$hook" 2>/dev/null | grep ' bpf .*id ' || true
    done
}

show_evidence() {
    local file
    for file in messages console records.json; do
        [ -s "$WORK/$file" ] || continue
        echo "--- $file (last lines)" >&2
        tail -n 15 "$WORK/$file" >&2
    done
}
