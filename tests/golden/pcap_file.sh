# SPDX-License-Identifier: BSD-2-Clause
# Capture files from packets in hexadecimal.
# shellcheck shell=bash

# write_pcap LINK_TYPE FILE: packets in hexadecimal, a line each, as a capture of that type.
write_pcap() {
    local line n=0
    {
        little_endian 4 $((0xa1b2c3d4))
        little_endian 2 2 2 4
        little_endian 4 0 4 0 4 65535 4 "$1"
        while read -r line; do
            little_endian 4 1500000000 4 $((n++ * 1000)) 4 $((${#line} / 2)) 4 $((${#line} / 2))
            bytes_of "$line"
        done
    } >"$2"
}

# little_endian SIZE VALUE [SIZE VALUE]…
little_endian() {
    local i hex
    while [ $# -gt 0 ]; do
        hex=
        for ((i = 0; i < $1; i++)); do hex+=$(printf '%02x' $(($2 >> (8 * i) & 255))); done
        bytes_of "$hex"
        shift 2
    done
}

bytes_of() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
