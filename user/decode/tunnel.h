// SPDX-License-Identifier: BSD-2-Clause
// The packets inside tunnels. Each function takes what the outer headers carry and gives what
// stands behind the tunnel's own header, if that is an IP packet. What does not have the shape of
// the tunnel is none, without an event; what has it and is cut off or wrong has one.
#pragma once

#include "decode/layers.h"

namespace peek::layers {

// Counts an encapsulation; false, with the event set, if there are too many already.
bool may_open(Packet& packet);

// By packet.protocol: IP in IP, GRE.
std::optional<IpPayload> open_protocol(const Layer& ip_payload, Packet& packet);
// By the ports: VXLAN, Geneve, GTP-U, Teredo.
std::optional<IpPayload> open_udp(const Layer& udp_payload, Packet& packet);

}  // namespace peek::layers
