// SPDX-License-Identifier: BSD-2-Clause
#include "detect/url_detector.h"

#include "detect/url_search.h"

namespace peek {
namespace {

class UrlInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (packet.transport != Transport::kTcp || packet.payload.empty()) return;
        search_.begin(rules, out.counts, all_new_);
        HttpStream stream;
        stream.feed({reinterpret_cast<const char*>(packet.payload.data()), packet.payload.size()},
                    0, search_);
        stream.finish(search_);
        if (auto match = search_.finish(view, packet))
            out.observations.emplace_back(std::move(*match));
    }

  private:
    UrlSearch search_;
    AllNew all_new_;
};

}  // namespace

std::unique_ptr<Inspector> make_url_inspector() {
    return std::make_unique<UrlInspector>();
}

}  // namespace peek
