// SPDX-License-Identifier: BSD-2-Clause
#include "alert/summary_key.h"

#include <arpa/inet.h>
#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "alert/protocol_name.h"
#include "util/utf8.h"

namespace peek {

namespace {

struct Network {
    std::array<uint8_t, 16> prefix;
    uint8_t bits;
};

constexpr Network v4_network(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t bits) {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d},
            static_cast<uint8_t>(96 + bits)};
}
constexpr Network v6_network(uint8_t a, uint8_t b, uint8_t bits) {
    return {{a, b}, bits};
}

// What no router passes on to the Internet (RFC 6890), and what never leaves the link.
constexpr std::array kHome{
    v4_network(10, 0, 0, 0, 8),
    v4_network(100, 64, 0, 0, 10),
    v4_network(127, 0, 0, 0, 8),
    v4_network(169, 254, 0, 0, 16),
    v4_network(172, 16, 0, 0, 12),
    v4_network(192, 168, 0, 0, 16),
    v4_network(224, 0, 0, 0, 24),
    v4_network(255, 255, 255, 255, 32),
    v4_network(0, 0, 0, 0, 32),  // a host that asks for its address
    v6_network(0xfc, 0, 7),
    v6_network(0xfe, 0x80, 10),
    v6_network(0xff, 0x02, 16),
    Network{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
    Network{{}, 128},
};

bool covers(const Network& network, std::span<const uint8_t, 16> address) {
    const size_t whole = network.bits / 8;
    if (!std::equal(address.begin(), address.begin() + whole, network.prefix.begin())) return false;
    const auto rest = static_cast<unsigned>(network.bits % 8);
    return rest == 0 || ((address[whole] ^ network.prefix[whole]) >> (8 - rest)) == 0;
}

bool is_home(const IpAddress& address) {
    return std::any_of(kHome.begin(), kHome.end(),
                       [&](const Network& network) { return covers(network, address.bytes16()); });
}

constexpr std::array<std::string_view, 4> kDirections{"external", "inbound", "outbound",
                                                      "internal"};

std::string_view direction(const PacketFacts& packet) {
    return kDirections[(is_home(packet.src) ? 2U : 0U) + (is_home(packet.dst) ? 1U : 0U)];
}

// Printable ASCII and UTF-8 as it is, every other byte as \xHH: the same text again when given it.
std::string readable(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        const bool ascii = bytes.front() >= 0x20 && bytes.front() <= 0x7e;
        const size_t length = ascii ? 1 : utf8_sequence_length(bytes);
        const bool c1_control = length == 2 && static_cast<uint8_t>(bytes[0]) == 0xc2 &&
                                static_cast<uint8_t>(bytes[1]) < 0xa0;
        const size_t taken = length == 0 ? 1 : length;
        if (length == 0 || c1_control)
            for (const char c : bytes.substr(0, taken))
                out += fmt::format(FMT_COMPILE("\\x{:02x}"), static_cast<uint8_t>(c));
        else
            out += bytes.substr(0, taken);
        bytes.remove_prefix(taken);
    }
    return out;
}

constexpr size_t kDayLength = std::string_view("2016-10-30").size();
constexpr size_t kHourLength = std::string_view("2016-10-30T22").size();
constexpr size_t kMinuteLength = std::string_view("2016-10-30T22:01").size();

size_t length_of(SummaryKey key) {
    return key == SummaryKey::kDay    ? kDayLength
           : key == SummaryKey::kHour ? kHourLength
                                      : kMinuteLength;
}

bool is_time(SummaryKey key, std::string_view value) {
    constexpr std::string_view kForm = "0000-00-00T00:00";
    if (value.size() != length_of(key)) return false;
    return std::equal(value.begin(), value.end(), kForm.begin(), [](char c, char form) {
        return form == '0' ? c >= '0' && c <= '9' : c == form;
    });
}

bool is_short_number(std::string_view value, unsigned most) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc{} && end == value.data() + value.size() && number <= most &&
           (value == "0" || value.front() != '0');
}

// What to_string() made: no second way of writing the same address would merge.
std::optional<IpAddress> address_of(const std::string& text) {
    std::array<uint8_t, 16> bytes{};
    IpAddress address;
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
        address = IpAddress::v4(std::span<const uint8_t, 4>(bytes.data(), 4));
    else if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
        address = IpAddress::v6(bytes);
    if (address.to_string() != text) return std::nullopt;
    return address;
}

}  // namespace

std::optional<SummaryKey> summary_key_of(std::string_view name) {
    const auto* const found = std::find(kSummaryKeyNames.begin(), kSummaryKeyNames.end(), name);
    if (found == kSummaryKeyNames.end()) return std::nullopt;
    return static_cast<SummaryKey>(found - kSummaryKeyNames.begin());
}

std::string summary_value(SummaryKey key, const Record& record) {
    const PacketFacts& packet = record.packet;
    switch (key) {
        case SummaryKey::kType:
            return std::string(traffic_type(record.type));
        case SummaryKey::kSrc:
            return packet.src.to_string();
        case SummaryKey::kDst:
            return packet.dst.to_string();
        case SummaryKey::kSport:
            return packet.has_ports ? std::to_string(packet.src_port) : "";
        case SummaryKey::kDport:
            return packet.has_ports ? std::to_string(packet.dst_port) : "";
        case SummaryKey::kProto:
            return protocol_name(packet.protocol);
        case SummaryKey::kRule:
            return readable(record.rule);
        case SummaryKey::kDirection:
            return std::string(direction(packet));
        case SummaryKey::kVlan:
            return packet.vlan_count != 0 ? std::to_string(packet.vlan_ids[0]) : "";
        case SummaryKey::kFile:
            return readable(record.file);
        case SummaryKey::kMinute:
        case SummaryKey::kHour:
        case SummaryKey::kDay:
            return format_timestamp(packet.time).substr(0, length_of(key));
    }
    return {};
}

bool is_summary_value(SummaryKey key, std::string_view value) {
    switch (key) {
        case SummaryKey::kType:
            return std::any_of(kAllFamilies.begin(), kAllFamilies.end(),
                               [=](Family family) { return traffic_type(family) == value; });
        case SummaryKey::kSrc:
        case SummaryKey::kDst:
            return address_of(std::string(value)).has_value();
        case SummaryKey::kSport:
        case SummaryKey::kDport:
            return value.empty() || is_short_number(value, 65'535);
        case SummaryKey::kVlan:
            return value.empty() || is_short_number(value, 4'095);
        case SummaryKey::kDirection:
            return std::find(kDirections.begin(), kDirections.end(), value) != kDirections.end();
        case SummaryKey::kProto:
            return !value.empty() && readable(value) == value;
        case SummaryKey::kRule:
        case SummaryKey::kFile:
            return readable(value) == value;
        case SummaryKey::kMinute:
        case SummaryKey::kHour:
        case SummaryKey::kDay:
            return is_time(key, value);
    }
    return false;
}

std::string summary_rank(SummaryKey key, std::string_view value) {
    if (is_number(key)) return value.empty() ? "" : fmt::format("{:>5}", value);
    if (key != SummaryKey::kSrc && key != SummaryKey::kDst) return std::string(value);
    const auto address = address_of(std::string(value));
    if (!address) return {};
    const auto bytes = address->bytes16();
    return std::to_string(address->version()) + std::string(bytes.begin(), bytes.end());
}

}  // namespace peek
