// SPDX-License-Identifier: BSD-2-Clause
// The packets inside tunnels. Each function takes what begins with the tunnel's own header and
// gives the packet behind it. What does not have a tunnel's shape is none and no event: a port
// alone makes no tunnel. What has the shape and is cut off or wrong has an event. Until an IP
// header inside has been read, the outer packet is the innermost, with the payload that its headers
// state.
#pragma once

#include "decode/layers.h"

namespace peek::layers {

// By packet.protocol: IP in IP, GRE.
MaybeIp open_protocol(const Layer& ip_payload, Packet& packet);
// By the ports: VXLAN, Geneve, GTP-U, Teredo.
MaybeIp open_udp(const Layer& udp_payload, Packet& packet);

MaybeIp open_gre(const Layer& gre, Packet& packet);
MaybeIp open_vxlan(const Layer& vxlan, Packet& packet);
MaybeIp open_geneve(const Layer& geneve, Packet& packet);
MaybeIp open_gtp(const Layer& gtp, Packet& packet);
MaybeIp open_teredo(const Layer& teredo, Packet& packet);

}  // namespace peek::layers
