// SPDX-License-Identifier: BSD-2-Clause
// From the bytes of a frame to a Packet. No allocation, no state, linear in the headers' bytes.
//
// Which headers are followed and where decoding stops is the contract with the kernel's parser
// (bpf/parse.h) and stands in include/peek/abi.h and docs/architecture.md:
//   Ethernet: up to PEEK_MAX_VLAN_TAGS tags. IPv4: the addresses count once version and IHL are
//   sane; total length 0 means "to the end of the frame" (segmentation offload). IPv6: payload
//   length 0 likewise; hop-by-hop, routing, fragment, destination options, AH, mobility, HIP and
//   shim6 headers are skipped, up to PEEK_MAX_IPV6_EXTENSIONS. Fragments: the first one's
//   transport header is decoded when it is whole; later ones have no transport. Checksums are
//   never verified.
#pragma once

#include "decode/packet.h"
#include "source/packet_source.h"

namespace peek {

// Never fails: `out` holds what could be decoded and out.event why it went no further.
void decode(const PacketView& view, Packet& out);

// Of a reassembled IP datagram. `fragment`: any of its fragments (addresses, outer layers and VLAN
// tags are taken from it); `protocol`: FragmentFacts::protocol of the one with offset 0; `bytes`:
// what the fragments carried, whole. `out` is a packet like any other, perhaps a fragment again
// (a tunnel's inner one); it may not be `fragment`. It points into `bytes` and, for outer payloads,
// into what `fragment` points to.
void decode_datagram(const Packet& fragment, uint8_t protocol, std::span<const uint8_t> bytes,
                     Packet& out);

}  // namespace peek
