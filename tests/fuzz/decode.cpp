// SPDX-License-Identifier: BSD-2-Clause
// Input: a byte that chooses the link type, then one frame.
#include "decode/decode.h"
#include "fuzz/fuzz.h"

using namespace peek;

namespace {

void expect_inside(fuzz::Bytes part, fuzz::Bytes whole) {
    fuzz::expect(part.empty() || (part.data() >= whole.data() &&
                                  part.data() + part.size() <= whole.data() + whole.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz::Input input({data, size});
    PacketView view;
    view.link = static_cast<LinkType>(input.byte() % (static_cast<unsigned>(kLastLinkType) + 1));
    view.bytes = input.rest();
    view.wire_len = static_cast<uint32_t>(view.bytes.size());
    Packet packet;
    decode(view, packet);
    fuzz::Bytes around = view.bytes;
    for (const Payload& outer : packet.outer_payloads()) {
        expect_inside(outer.bytes, around);
        around = outer.bytes;
    }
    expect_inside(packet.payload, around);
    expect_inside(packet.fragment_facts.bytes, view.bytes);
    fuzz::expect(packet.payload.size() <= packet.payload_len);
    fuzz::expect(packet.ip_count <= kMaxIpLayers);

    fuzz::Inspection inspection;
    inspection.see(view.link, view.bytes);
    inspection.finish();
    return 0;
}
