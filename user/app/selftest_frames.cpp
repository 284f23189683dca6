// SPDX-License-Identifier: BSD-2-Clause
#include "app/selftest_frames.h"

#include <arpa/inet.h>

#include <array>
#include <initializer_list>
#include <string>

#include "rules/rule_set.h"

namespace peek {

namespace {

// Documentation addresses (RFC 5737, RFC 3849) and domain (RFC 2606).
constexpr const char* kBad4 = "203.0.113.66";
constexpr const char* kBad6 = "2001:db8:bad::66";
constexpr std::array kRules{SelftestRules{RuleList::kIp, "203.0.113.66\n2001:db8:bad::/48\n"},
                            SelftestRules{RuleList::kDomain, "selftest.example\n"},
                            SelftestRules{RuleList::kUrl, "/peek-selftest\n"},
                            SelftestRules{RuleList::kSignature, "PEEK-SELFTEST-SIGNATURE\n"}};

constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kSyn = 0x02;
constexpr uint8_t kPushAck = 0x18;

void append(FrameBytes& out, std::initializer_list<uint8_t> bytes) {
    out.insert(out.end(), bytes);
}
void append(FrameBytes& out, std::string_view bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}
void append16(FrameBytes& out, size_t value) {
    append(out, {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)});
}
void append_address(FrameBytes& out, int family, const char* text) {
    std::array<uint8_t, 16> bytes{};
    ::inet_pton(family, text, bytes.data());
    out.insert(out.end(), bytes.begin(), bytes.begin() + (family == AF_INET ? 4 : 16));
}

FrameBytes ethernet(uint16_t ether_type) {
    FrameBytes frame;
    append(frame, {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
    append16(frame, ether_type);
    return frame;
}

// Checksums stay 0: nothing verifies them on the way to the hooks.
FrameBytes ipv4(uint8_t protocol, const char* src, const char* dst, const FrameBytes& payload) {
    FrameBytes frame = ethernet(0x0800);
    append(frame, {0x45, 0});
    append16(frame, 20 + payload.size());
    append(frame, {0, 0, 0, 0, 64, protocol, 0, 0});
    append_address(frame, AF_INET, src);
    append_address(frame, AF_INET, dst);
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

FrameBytes ipv6(uint8_t protocol, const char* src, const char* dst, const FrameBytes& payload) {
    FrameBytes frame = ethernet(0x86dd);
    append(frame, {0x60, 0, 0, 0});
    append16(frame, payload.size());
    append(frame, {protocol, 64});
    append_address(frame, AF_INET6, src);
    append_address(frame, AF_INET6, dst);
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

FrameBytes udp(uint16_t src_port, uint16_t dst_port, std::string_view payload) {
    FrameBytes bytes;
    append16(bytes, src_port);
    append16(bytes, dst_port);
    append16(bytes, 8 + payload.size());
    append16(bytes, 0);
    append(bytes, payload);
    return bytes;
}

FrameBytes tcp(uint16_t dst_port, uint8_t flags, std::string_view payload) {
    FrameBytes bytes;
    append16(bytes, 40000);
    append16(bytes, dst_port);
    append(bytes, {0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0});
    append(bytes, payload);
    return bytes;
}

// A query for A of www.selftest.example (RFC 1035 §4).
std::string dns_query() {
    using namespace std::string_literals;
    return "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s
           "\x03www\x08selftest\x07"
           "example\x00\x00\x01\x00\x01"s;
}

std::vector<FrameBytes> scan(const char* src, const char* dst) {
    std::vector<FrameBytes> frames;
    for (uint32_t i = 0; i < ScanRule{}.ports; i++)
        frames.push_back(ipv4(kTcp, src, dst, tcp(static_cast<uint16_t>(1000 + i), kSyn, "")));
    return frames;
}

}  // namespace

std::vector<BadTraffic> bad_traffic(Hook hook) {
    const bool in = hook == Hook::kIngress;
    const char* src4 = in ? "192.0.2.1" : "192.0.2.2";
    const char* dst4 = in ? "192.0.2.2" : "192.0.2.1";
    const char* src6 = in ? "2001:db8::1" : "2001:db8::2";
    const char* dst6 = in ? "2001:db8::2" : "2001:db8::1";
    const std::string request = "GET /peek-selftest HTTP/1.1\r\nHost: www.example\r\n\r\n";
    const std::string payload = "..PEEK-SELFTEST-SIGNATURE..";
    return {
        {"IPv4 address", Family::kIp, 4, {ipv4(kUdp, src4, kBad4, udp(40000, 9, "x"))}},
        {"IPv6 address", Family::kIp, 6, {ipv6(kUdp, kBad6, dst6, udp(40000, 9, "x"))}},
        {"domain", Family::kDomain, 4, {ipv4(kUdp, src4, dst4, udp(40000, 53, dns_query()))}},
        {"URL", Family::kUrl, 6, {ipv6(kTcp, src6, dst6, tcp(80, kPushAck, request))}},
        {"signature", Family::kSignature, 4, {ipv4(kUdp, src4, dst4, udp(40000, 9, payload))}},
        {"port scan", Family::kScan, 4, scan(src4, dst4)},
    };
}

std::span<const SelftestRules> selftest_rules() {
    return kRules;
}

}  // namespace peek
