// SPDX-License-Identifier: BSD-2-Clause
#include "source/capture_filter.h"

#include <pcap/pcap.h>

#include <array>

#include "source/link_types.h"

namespace peek {
namespace {

constexpr int kSnapLength = 262'144;
// By how likely the expression is meant for it.
constexpr std::array<uint32_t, 4> kTried{1, 101, 105, 113};  // Ethernet, raw, 802.11, cooked

}  // namespace

void CaptureFilter::FreeProgram::operator()(bpf_program* program) const {
    pcap_freecode(program);
    delete program;
}

Result<std::unique_ptr<CaptureFilter>> CaptureFilter::create(const std::string& expression) {
    std::unique_ptr<CaptureFilter> filter(new CaptureFilter(expression));
    std::string first_reason;
    for (const uint32_t link : kTried) {
        const auto fits = filter->prepare(link);
        if (fits) return filter;
        if (first_reason.empty()) first_reason = fits.error().text;
    }
    return usage_error(first_reason);
}

Result<void> CaptureFilter::prepare(uint32_t link_number) {
    if (programs_.contains(link_number)) return {};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
        pcap_open_dead(dlt_of(link_number), kSnapLength), pcap_close);
    auto program = std::make_unique<bpf_program>();
    if (pcap_compile(pcap.get(), program.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return Error{"filter '" + expression_ + "': " + pcap_geterr(pcap.get())};
    programs_[link_number].reset(program.release());
    return {};
}

bool CaptureFilter::selects(uint32_t link_number, const PacketView& packet) const {
    const auto found = programs_.find(link_number);
    if (found == programs_.end()) return false;
    pcap_pkthdr header{};
    header.caplen = static_cast<uint32_t>(packet.bytes.size());
    header.len = packet.wire_len;
    return pcap_offline_filter(found->second.get(), &header, packet.bytes.data()) != 0;
}

}  // namespace peek
