// SPDX-License-Identifier: BSD-2-Clause
#include <netinet/in.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "alert/record.h"

namespace peek {
namespace {

// What stands in for the two ports.
struct Ports {
    uint16_t src = 0;
    uint16_t dst = 0;
    bool one_way = false;  // the endpoints keep their order: there is no reverse direction
};

struct TypePair {
    uint8_t request;
    uint8_t reply;
};

// The specification takes the pairs from Zeek: a message's type and the type that answers it.
constexpr std::array<TypePair, 5> kIcmpPairs{{
    {8, 0},    // echo (RFC 792)
    {10, 9},   // router solicitation, advertisement (RFC 1256)
    {13, 14},  // timestamp (RFC 792)
    {15, 16},  // information (RFC 792)
    {17, 18},  // address mask (RFC 950)
}};
constexpr std::array<TypePair, 6> kIcmpv6Pairs{{
    {128, 129},  // echo (RFC 4443)
    {130, 131},  // multicast listener query, report (RFC 2710)
    {133, 134},  // router solicitation, advertisement (RFC 4861)
    {135, 136},  // neighbour solicitation, advertisement (RFC 4861)
    {139, 140},  // node information (RFC 4620)
    {144, 145},  // home agent address discovery (RFC 6275)
}};

Ports icmp_ports(std::span<const TypePair> pairs, uint8_t type, uint8_t code) {
    for (const TypePair& pair : pairs) {
        if (type == pair.request) return {type, pair.reply};
        if (type == pair.reply) return {type, pair.request};
    }
    return {type, code, true};
}

bool has_ports_by_protocol(uint8_t protocol) {
    return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

class Tuple {
  public:
    void put(std::span<const uint8_t> bytes) {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<ptrdiff_t>(size_));
        size_ += bytes.size();
    }
    void put8(uint8_t value) { put({&value, 1}); }
    void put16(uint16_t value) {
        put8(static_cast<uint8_t>(value >> 8));
        put8(static_cast<uint8_t>(value));
    }
    void put(const IpAddress& address) {
        if (address.version() == 4)
            put(std::span<const uint8_t>(address.bytes4()));
        else
            put(std::span<const uint8_t>(address.bytes16()));
    }
    std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

  private:
    std::array<uint8_t, 2 + 2 * 16 + 2 + 2 * 2> bytes_{};
    size_t size_ = 0;
};

std::string base64_sha1(std::span<const uint8_t> bytes) {
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        return {};
    std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> text{};
    const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
    return {text.begin(), text.begin() + length};
}

// Whether the tuple is known, and its ports if the protocol has any.
std::optional<Ports> port_equivalents(const PacketFacts& packet) {
    if (packet.protocol == IPPROTO_ICMP || packet.protocol == IPPROTO_ICMPV6) {
        if (!packet.has_icmp) return std::nullopt;
        const auto pairs = packet.protocol == IPPROTO_ICMP
                               ? std::span<const TypePair>(kIcmpPairs)
                               : std::span<const TypePair>(kIcmpv6Pairs);
        return icmp_ports(pairs, packet.icmp_type, packet.icmp_code);
    }
    if (has_ports_by_protocol(packet.protocol) && !packet.has_ports) return std::nullopt;
    return Ports{packet.src_port, packet.dst_port};
}

}  // namespace

std::string community_id(const PacketFacts& packet, uint16_t seed) {
    const std::optional<Ports> known = port_equivalents(packet);
    if (!known) return {};
    Ports ports = *known;
    IpAddress src = packet.src;
    IpAddress dst = packet.dst;
    if (!ports.one_way && std::tie(dst, ports.dst) < std::tie(src, ports.src)) {
        std::swap(src, dst);
        std::swap(ports.src, ports.dst);
    }
    Tuple tuple;
    tuple.put16(seed);
    tuple.put(src);
    tuple.put(dst);
    tuple.put8(packet.protocol);
    tuple.put8(0);
    // Other protocols than these five hash the addresses and the protocol alone.
    if (packet.has_ports || packet.has_icmp) {
        tuple.put16(ports.src);
        tuple.put16(ports.dst);
    }
    const std::string hash = base64_sha1(tuple.bytes());
    return hash.empty() ? hash : "1:" + hash;
}

}  // namespace peek
