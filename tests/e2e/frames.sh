# SPDX-License-Identifier: BSD-2-Clause
# Frames in hexadecimal, a line each, for what no program on this machine sends. Checksums are
# zero: nobody on the way verifies them.
# shellcheck shell=bash

hex4() {
    local parts
    IFS=. read -ra parts <<<"$1"
    printf '%02x' "${parts[@]}"
}

# hex6 ADDRESS: an IPv6 address with exactly one "::".
hex6() {
    local left=${1%%::*} right=${1##*::} groups=() each words=()
    IFS=: read -ra groups <<<"$left"
    IFS=: read -ra words <<<"$right"
    while [ $((${#groups[@]} + ${#words[@]})) -lt 8 ]; do groups+=(0); done
    for each in "${groups[@]}" "${words[@]}"; do printf '%04x' "0x$each"; done
}

hex_of() {
    local i
    for ((i = 0; i < ${#1}; i++)); do printf '%02x' "'${1:i:1}"; done
}

# udp SPORT DPORT PAYLOAD
udp() { printf '%04x%04x%04x0000%s\n' "$1" "$2" $((8 + ${#3} / 2)) "$3"; }

# udp4 SRC DST SPORT DPORT PAYLOAD: an IPv4 packet.
udp4() {
    printf '4500%04x0000000040110000%s%s%s\n' $((28 + ${#5} / 2)) "$(hex4 "$1")" "$(hex4 "$2")" \
        "$(udp "$3" "$4" "$5")"
}

# tcp4 SRC DST SPORT DPORT PAYLOAD: an IPv4 packet with a segment of a connection.
tcp4() {
    printf '4500%04x0000000040060000%s%s%04x%04x00000001000000015018ffff00000000%s\n' \
        $((40 + ${#5} / 2)) "$(hex4 "$1")" "$(hex4 "$2")" "$3" "$4" "$5"
}

# udp6 SRC DST SPORT DPORT PAYLOAD: an IPv6 packet.
udp6() {
    printf '60000000%04x1140%s%s%s\n' $((8 + ${#5} / 2)) "$(hex6 "$1")" "$(hex6 "$2")" \
        "$(udp "$3" "$4" "$5")"
}

# dns_question NAME: a query for its address.
dns_question() {
    local labels each
    printf '123401000001000000000000'
    IFS=. read -ra labels <<<"$1"
    for each in "${labels[@]}"; do printf '%02x%s' "${#each}" "$(hex_of "$each")"; done
    printf '0000010001'
}

# vlan ID TYPE: what follows a VLAN tag's own EtherType.
vlan() { printf '%04x%s' "$1" "$2"; }

# ethernet DST SRC TYPE REST
ethernet() { printf '%s%s%s%s\n' "${1//:/}" "${2//:/}" "$3" "$4"; }
