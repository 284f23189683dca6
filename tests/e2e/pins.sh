# SPDX-License-Identifier: BSD-2-Clause
# Words for monitors whose programs outlive them. Sourced after lib.sh.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

PINS= # the pin directory

# new_pinned_sandbox: one in which every frame is counted, with a BPF file system of its own.
new_pinned_sandbox() {
    new_sandbox
    local netns
    for netns in client host; do # no multicast listener reports among the counted frames
        on "$netns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    done
    mkdir "$WORK/bpf"
    mount -t bpf bpf "$WORK/bpf" || not_run "no BPF file system can be mounted here"
    PINS=$WORK/bpf/peek
    LOG=$WORK/records.json
    CONTROL=$WORK/control.sock
}

# launch_pinned ARG…: `attach --pin`, going on with the log and the console; it may not be up yet.
launch_pinned() {
    in_background "$MONITOR_NETNS" "$PEEK_XDP" attach --pin="$PINS" -l "$LOG" --log-format json \
        --control "$CONTROL" "$@" >>"$WORK/console" 2>>"$WORK/messages"
    MONITOR_PID=$started
}
start_pinned() {
    launch_pinned "$@"
    within 30 monitor_is_up || fail "the monitor did not start"
}

# ends_with STATUS: the monitor ends by itself.
monitor_ends_with() {
    local status=0
    wait "$MONITOR_PID" || status=$?
    [ "$status" = "$1" ] || fail "expected status $1 of the monitor, got $status"
}
hand_over() {
    kill -TERM "$MONITOR_PID"
    monitor_ends_with 0
}
kill_monitor() {
    kill -KILL "$MONITOR_PID" 2>/dev/null || true
    wait "$MONITOR_PID" 2>/dev/null || true
}
# end_pinned IFACE…: `detach` ends the monitor and leaves nothing behind.
end_pinned() {
    control detach "$@" >/dev/null
    monitor_ends_with 0
    expect_nothing_pinned
}
expect_nothing_pinned() {
    [ ! -e "$PINS" ] || fail "left in the pin directory: $(find "$PINS")"
    [ "$(programs_on eth0)" = 0 ] || fail "programs are left on the interface"
}

# send_numbered: a datagram to the listed address about every 5 ms, until end_sending. Each is a
# packet of its own; $SENT is their number.
SENDER=
send_numbered() {
    in_background client nc -4 -u -lk 9000 >/dev/null
    within 5 listens client -u 9000 || fail "nc does not listen"
    on host bash -c '
        exec 3>"/dev/udp/$1/9000" 4<> <(:)
        for ((n = 0; ; n++)); do
            [ -d "$0" ] && [ ! -e "$0/enough" ] || break
            printf "datagram %d." "$n" >&3
            read -rt 0.005 -u 4 || true
        done
        echo "$n" >"$0/sent"' "$WORK" "$BAD4" &
    SENDER=$!
}
end_sending() {
    touch "$WORK/enough"
    wait "$SENDER"
    SENT=$(<"$WORK/sent")
}

# A line that was cut by a kill stands alone and is no JSON: its record follows as a replayed one.
parsable() { jq -cR 'fromjson?' "$LOG"; }
# payloads [JQ-CONDITION]: of the records, one a line.
payloads() { parsable | jq -r "select(.event_type == \"alert\") | select(${1:-true}) | .payload_printable"; }

# expect_each_once COUNT: as many different datagrams are recorded, and none twice but as replayed.
expect_each_recorded() {
    local distinct twice
    distinct=$(payloads | sort -u | wc -l)
    [ "$distinct" = "$1" ] || fail "$1 datagrams were sent, $distinct different ones recorded"
    twice=$(payloads '.alert.context.replayed != true' | sort | uniq -d | wc -l)
    [ "$twice" = 0 ] || fail "$twice datagrams are recorded twice and not marked as replayed"
}
replayed_records() { payloads '.alert.context.replayed == true' | wc -l; }

# expect_last_ledger JQ-CONDITION: of the ledger that the log ends with.
expect_last_ledger() {
    parsable | jq -c 'select(.event_type == "ledger")' | tail -n 1 >"$WORK/last-ledger"
    jq -e "$1" "$WORK/last-ledger" >/dev/null || fail "ledger: $(cat "$WORK/last-ledger")"
}
# Whatever happened, it adds up in the end.
expect_pinned_ledger_adds_up() {
    expect_last_ledger '.moment == "end" and (.entries | length > 0) and (.entries | all(
        .seen == .passed_clean + .candidates + ([.undecided[]] | add) and
        .candidates == .delivered + ([.lost[]] | add)))'
}
# expect_egress COUNT: as many frames left eth0, all were candidates, all were delivered, none lost.
expect_egress() {
    expect_last_ledger ".entries[] | select(.direction == \"egress\") |
        .seen == $1 and .candidates == $1 and .delivered == $1 and ([.lost[]] | add) == 0"
}
