// SPDX-License-Identifier: BSD-2-Clause
// The headers of link layers, where frames begin with them and where they stand inside others (MPLS
// in Ethernet, Ethernet in VXLAN, PPP in GRE). Each function takes what begins with its header.
#pragma once

#include "decode/layers.h"

namespace peek::layers {

MaybeIp decode_ethernet(const Layer& frame, Packet& packet);
// What an EtherType names, VLAN tags in front of it included. Tags before the outermost IP header
// go into packet.vlan_ids.
MaybeIp decode_ether_type(uint16_t type, const Layer& payload, Packet& packet);
MaybeIp decode_llc(const Layer& pdu, Packet& packet);
MaybeIp decode_mpls(const Layer& stack, Packet& packet);
// Address and control may be left out, and the protocol be one byte (RFC 1661 §6.5, §6.6).
MaybeIp decode_ppp(const Layer& frame, Packet& packet);
MaybeIp decode_pppoe(const Layer& session, Packet& packet);
// PPP or Cisco's framing: the first byte tells.
MaybeIp decode_hdlc(const Layer& frame, Packet& packet);
// `padded`: the payload begins at a multiple of four bytes.
MaybeIp decode_wlan(const Layer& frame, bool padded, Packet& packet);
MaybeIp decode_radiotap(const Layer& frame, Packet& packet);
MaybeIp decode_nflog(const Layer& message, Packet& packet);

}  // namespace peek::layers
