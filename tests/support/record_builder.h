// SPDX-License-Identifier: BSD-2-Clause
// Records as sentences, for tests:
//
//   Record record = RecordBuilder(Family::kIp).from("10.0.0.1", 1000).to("192.0.2.7", 80).tcp()
//                       .rule("192.0.2.7", "ips.cfg", 3).in_file("a.pcap", 12);
//
// What is not said: the time kRecordTime, UDP, no ports, one matching rule, no evidence.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "alert/record.h"

namespace peek::test {

// 2016-10-30T22:01:02.123456+0000 and 789 ns.
inline constexpr int64_t kRecordTimeNs = 1'477'864'862'123'456'789;

inline Timestamp at_second(int64_t seconds) {
    return timestamp_from_ns(kRecordTimeNs) + std::chrono::seconds(seconds);
}

inline IpAddress ip(const std::string& text) {
    std::array<uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
        return IpAddress::v4(std::span<const uint8_t, 4>(bytes.data(), 4));
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return IpAddress::v6(bytes);
    std::abort();
}

class RecordBuilder {
  public:
    explicit RecordBuilder(Family type) {
        record_.type = type;
        record_.matches = 1;
        record_.packet.time = timestamp_from_ns(kRecordTimeNs);
        record_.packet.protocol = IPPROTO_UDP;
    }

    RecordBuilder& from(const std::string& address) {
        record_.packet.src = ip(address);
        return *this;
    }
    RecordBuilder& to(const std::string& address) {
        record_.packet.dst = ip(address);
        return *this;
    }
    RecordBuilder& from(const std::string& address, uint16_t port) {
        record_.packet.has_ports = true;
        record_.packet.src_port = port;
        return from(address);
    }
    RecordBuilder& to(const std::string& address, uint16_t port) {
        record_.packet.has_ports = true;
        record_.packet.dst_port = port;
        return to(address);
    }

    RecordBuilder& tcp() { return protocol(IPPROTO_TCP); }
    RecordBuilder& protocol(uint8_t number) {
        record_.packet.protocol = number;
        return *this;
    }
    RecordBuilder& icmp(uint8_t protocol_number, uint8_t type, uint8_t code) {
        record_.packet.has_icmp = true;
        record_.packet.icmp_type = type;
        record_.packet.icmp_code = code;
        return protocol(protocol_number);
    }
    RecordBuilder& vlan(uint16_t id) {
        record_.packet.vlan_ids.at(record_.packet.vlan_count++) = id;
        return *this;
    }
    RecordBuilder& at(Timestamp time) {
        record_.packet.time = time;
        return *this;
    }

    RecordBuilder& live(const std::string& interface, Hook hook) {
        record_.interface = interface;
        record_.packet.hook = hook;
        return *this;
    }
    RecordBuilder& in_file(const std::string& path, uint64_t ordinal) {
        record_.file = path;
        record_.packet.ordinal = ordinal;
        return *this;
    }
    RecordBuilder& sensor(const std::string& name) {
        record_.sensor = name;
        return *this;
    }

    // `id` is the rule's 0-based place in its file.
    RecordBuilder& rule(const std::string& text, const std::string& file = "rules.cfg",
                        uint64_t line = 1, RuleId id = 0) {
        record_.rule = text;
        record_.rule_file = file;
        record_.rule_line = line;
        record_.rule_id = id;
        return *this;
    }
    RecordBuilder& matches(uint32_t count) {
        record_.matches = count;
        return *this;
    }
    RecordBuilder& from_listed() {
        record_.from_listed = true;
        return *this;
    }
    RecordBuilder& payload(const std::string& bytes) {
        record_.payload = bytes;
        return *this;
    }
    RecordBuilder& dns(const std::string& name, uint16_t type) {
        record_.evidence = DnsFacts{name, type};
        return payload(name);
    }
    RecordBuilder& http(const std::string& method, const std::string& host,
                        const std::string& target) {
        record_.evidence = HttpFacts{method, target, host, "HTTP/1.1"};
        return payload("http://" + host + target);
    }
    RecordBuilder& scan(ScanFacts facts) {
        record_.evidence = std::move(facts);
        record_.rule = "ports>=20/60s";
        record_.matches = 0;
        return *this;
    }

    Record build() const {
        Record record = record_;
        record.community_id = community_id(record.packet);
        return record;
    }
    operator Record() const { return build(); }

  private:
    Record record_;
};

}  // namespace peek::test
