# SPDX-License-Identifier: BSD-2-Clause
# A sandbox of network namespaces with real programs in it; sourced by lib.sh, the golden
# captures and the demo. Everything it makes carries this process's id and is removed on exit.
#
#   client eth0 ═══ eth0 host        (host is the monitored side)
#
# Neighbours are permanent and link-local addresses off, so that no ARP, neighbour discovery or
# router solicitation mixes with the packets a test counts. Further addresses of the client stand
# on its loopback and are routed there.
# shellcheck shell=bash

readonly CLIENT4=192.0.2.1 HOST4=192.0.2.2 BAD4=203.0.113.66
readonly CLIENT6=2001:db8::1 HOST6=2001:db8::2 BAD6=2001:db8:bad::66
readonly CLIENT_MAC=02:00:00:00:00:01 HOST_MAC=02:00:00:00:00:02

WORK=            # directory of this run
SANDBOX_PIDS=()  # programs to end
SANDBOX_NETNS=() # namespaces to remove
SANDBOX_MOUNTS=() # file systems to unmount

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Says why a test cannot run on this machine. 77 is what ctest takes for "not run".
not_run() {
    echo "not run: ${0##*/}: $*"
    exit 77
}

netns_of() { echo "peek-$1-$$"; } # as in on()

# on NETNS COMMAND…: runs it there. `ip` and `tc` enter by themselves, without a mount namespace and
# a second process.
on() {
    local netns=peek-$1-$$
    shift
    case $1 in
        ip | tc) "$1" -n "$netns" "${@:2}" ;;
        *) ip netns exec "$netns" "$@" ;;
    esac
}

# in_background NETNS COMMAND…: starts it there; $started is its process id.
in_background() {
    local netns
    netns=$(netns_of "$1")
    shift
    ip netns exec "$netns" "$@" &
    started=$!
    SANDBOX_PIDS+=("$started")
}

# How much slower than a machine of its own the tests' machine is, a whole number: an emulated one
# keeps no promise of a second. It stretches time, never a count.
readonly TIME_SCALE=${PEEK_TIME_SCALE:-1}

# within SECONDS COMMAND…: repeats it until it succeeds.
within() {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000 * TIME_SCALE))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

# pause MILLISECONDS: up to so many, at random.
pause() {
    local milliseconds=$((RANDOM % $1 * TIME_SCALE))
    sleep "$((milliseconds / 1000)).$(printf %03d $((milliseconds % 1000)))"
}

end_process() {
    kill -TERM "$1" 2>/dev/null || return 0
    within 3 ended "$1" || kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# kill_process PID: SIGKILL, which is what ends it.
kill_process() {
    local status=0
    kill -KILL "$1"
    wait "$1" 2>/dev/null || status=$?
    [ "$status" = 137 ] || fail "process $1 had ended by itself with status $status"
}

ended() { [ ! -e "/proc/$1/exe" ] || [[ $(<"/proc/$1/stat") == *") Z "* ]]; }

remove_sandbox() {
    local status=$? pid netns mount
    trap - EXIT INT TERM
    [ "$status" = 0 ] || [ "$status" = 77 ] || if declare -F show_evidence >/dev/null; then show_evidence; fi
    for pid in "${SANDBOX_PIDS[@]}"; do end_process "$pid"; done
    for netns in "${SANDBOX_NETNS[@]}"; do ip netns del "$netns" 2>/dev/null || true; done
    for mount in "${SANDBOX_MOUNTS[@]}"; do umount "$mount" 2>/dev/null || true; done
    if [ -n "$WORK" ]; then
        ! mountpoint -q "$WORK/bpf" || umount -l "$WORK/bpf"
        rm -rf "$WORK"
    fi
    exit "$status"
}

new_netns() {
    local netns
    netns=$(netns_of "$1")
    ip netns add "$netns"
    SANDBOX_NETNS+=("$netns")
    on "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.accept_ra=0
    on "$1" ip link set lo up
}

# connect NETNS IFACE MAC NETNS IFACE MAC: a veth pair, both ends up, without link-local addresses.
connect() {
    ip -n "$(netns_of "$1")" link add "$2" address "$3" type veth \
        peer name "$5" address "$6" netns "$(netns_of "$4")"
    local netns iface
    for netns in "$1 $2" "$4 $5"; do
        iface=${netns#* }
        netns=${netns% *}
        on "$netns" ip link set "$iface" addrgenmode none
        on "$netns" ip link set "$iface" up
    done
}

# address NETNS IFACE ADDRESS/LENGTH…: usable at once (no duplicate address detection).
address() {
    local netns=$1 iface=$2 each
    shift 2
    for each in "$@"; do
        if [[ $each == *:* ]]; then
            on "$netns" ip -6 addr add "$each" dev "$iface" nodad
        else
            on "$netns" ip addr add "$each" dev "$iface"
        fi
    done
}

# neighbour NETNS IFACE MAC ADDRESS…: never asked for on the wire.
neighbour() {
    local netns=$1 iface=$2 mac=$3 each
    shift 3
    for each in "$@"; do
        on "$netns" ip neigh replace "$each" lladdr "$mac" dev "$iface" nud permanent
    done
}

# client_address ADDRESS…: further addresses of the client, reached through its eth0.
client_address() {
    local each
    for each in "$@"; do
        if [[ $each == *:* ]]; then
            address client lo "$each/128"
            on host ip -6 route add "$each/128" via "$CLIENT6"
        else
            address client lo "$each/32"
            on host ip route add "$each/32" via "$CLIENT4"
        fi
    done
}

need_root() { [ "$(id -u)" = 0 ] || not_run "network namespaces need root"; }

new_sandbox() {
    need_root
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/peek-sandbox.XXXXXX")
    chmod 755 "$WORK"
    trap remove_sandbox EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    new_netns client
    new_netns host
    connect client eth0 "$CLIENT_MAC" host eth0 "$HOST_MAC"
    address client eth0 "$CLIENT4/24" "$CLIENT6/64"
    address host eth0 "$HOST4/24" "$HOST6/64"
    neighbour client eth0 "$HOST_MAC" "$HOST4" "$HOST6"
    neighbour host eth0 "$CLIENT_MAC" "$CLIENT4" "$CLIENT6"
    client_address "$BAD4" "$BAD6"
}

# small_disk NAME KIB: a file system of that size at $WORK/NAME.
small_disk() {
    mkdir "$WORK/$1"
    mount -t tmpfs -o "size=${2}k" peek-sandbox "$WORK/$1" || not_run "no tmpfs can be mounted"
    SANDBOX_MOUNTS+=("$WORK/$1")
}

listens() { on "$1" ss -Hln "$2" "sport = :$3" | grep -q .; }

# web_server NETNS: nginx on ports 80 and 8081, v4 and v6; every path answers "hello".
web_server() {
    local home=$WORK/web-$1
    mkdir -p "$home"
    cat >"$home/nginx.conf" <<NGINX
daemon off;
master_process off;
user root;
worker_processes 1;
pid $home/pid;
error_log $home/error.log;
events { worker_connections 256; }
http {
    access_log off;
    keepalive_timeout 30;
    client_body_temp_path $home/body;
    proxy_temp_path $home/proxy;
    fastcgi_temp_path $home/fastcgi;
    uwsgi_temp_path $home/uwsgi;
    scgi_temp_path $home/scgi;
    server {
        listen 80;
        listen [::]:80;
        listen 8081;
        listen [::]:8081;
        default_type text/plain;
        location / { return 200 "hello\n"; }
        location /files/ { alias $home/files/; }
    }
}
NGINX
    mkdir -p "$home/files"
    in_background "$1" nginx -e "$home/error.log" -c "$home/nginx.conf"
    within 5 listens "$1" -t 80 || fail "nginx does not listen: $(cat "$home/error.log")"
}

# dns_server NETNS: dnsmasq; every name is 192.0.2.53 and 2001:db8::53.
dns_server() {
    in_background "$1" dnsmasq --keep-in-foreground --no-resolv --no-hosts --no-daemon \
        --conf-file=/dev/null --pid-file= --user=root --group= \
        --address=/#/192.0.2.53 --address=/#/2001:db8::53 2>"$WORK/dnsmasq-$1.log"
    within 5 listens "$1" -u 53 || fail "dnsmasq does not listen: $(cat "$WORK/dnsmasq-$1.log")"
}

# capture NETNS IFACE FILE [FILTER]: what crosses the interface, into a file, until end_captures.
CAPTURE_PIDS=()
capture() {
    local netns=$1 iface=$2 file=$3
    shift 3
    in_background "$netns" tcpdump -q -n -U -Z root -B 32768 -i "$iface" -w "$file" "$@" \
        2>"$file.log"
    CAPTURE_PIDS+=("$started")
    within 5 grep -q 'listening on' "$file.log" || fail "tcpdump: $(cat "$file.log")"
}

end_captures() {
    local pid
    sleep 1.2 # tcpdump is given a block of packets when it is full or after a second
    for pid in "${CAPTURE_PIDS[@]}"; do
        kill -INT "$pid"
        wait "$pid" || fail "tcpdump ended with $?"
    done
    CAPTURE_PIDS=()
    grep -hE '^[1-9][0-9]* packets dropped by kernel' "$WORK"/*.log && fail "tcpdump lost packets"
    return 0
}
