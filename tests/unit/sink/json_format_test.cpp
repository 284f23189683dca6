// SPDX-License-Identifier: BSD-2-Clause
#include "sink/json_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::ip;
using test::RecordBuilder;

nlohmann::json parsed(const Record& record) {
    return nlohmann::json::parse(format_json(record));
}

ScanFacts scan(ScanFacts::Phase phase) {
    ScanFacts facts;
    facts.phase = phase;
    facts.ports = {{1, 18}, {22, 22}, {80, 80}};
    facts.port_count = 20;
    facts.first = at_second(-3);
    facts.last = at_second(0);
    return facts;
}

TEST(JsonFormat, AnAddressSeenLive) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kIp)
                        .from("10.0.0.1", 40000)
                        .to("192.0.2.7", 80)
                        .tcp()
                        .live("eth0", Hook::kEgress)
                        .rule("192.0.2.0/24", "ips.cfg", 7, 3)
                        .matches(2)
                        .payload("GET / \xff")),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert",)"
        R"("src_ip":"10.0.0.1","src_port":40000,"dest_ip":"192.0.2.7","dest_port":80,)"
        R"("proto":"TCP","in_iface":"eth0","community_id":"1:gA1d5KlvUxLLxlFSyjRx7xQUB54=",)"
        R"("payload_printable":"GET\\x20/\\x20\\xff",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":100000004,"rev":1,"severity":2,)"
        R"("signature":"Traffic to blacklisted network 192.0.2.0/24","category":"ILLEGAL_IP",)"
        R"("rule":"192.0.2.0/24","metadata":{"mitre_technique_id":["T1071"]},)"
        R"("context":{"hook":"egress","rule_file":"ips.cfg","rule_line":7,"matches":2}}})");
}

TEST(JsonFormat, ADomainOverIpv6InAFile) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kDomain)
                        .from("2001:db8::1", 40000)
                        .to("2001:db8::53", 53)
                        .in_file("day 1.pcap", 12)
                        .rule("evil.example", "domains.cfg", 1)
                        .dns("WWW.evil.example", 28)),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert",)"
        R"("src_ip":"2001:db8::1","src_port":40000,"dest_ip":"2001:db8::53","dest_port":53,)"
        R"("proto":"UDP","pcap_filename":"day 1.pcap","pcap_cnt":12,"community_id":"1:8Etth4BEhu8kb6leVyXdsdXb3E8=",)"
        R"("dns":{"version":3,"queries":[{"rrname":"WWW.evil.example","rrtype":"AAAA"}]},)"
        R"("payload_printable":"WWW.evil.example",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":200000001,"rev":1,"severity":2,)"
        R"("signature":"DNS request for blacklisted domain evil.example",)"
        R"("category":"ILLEGAL_DOMAIN","rule":"evil.example",)"
        R"("metadata":{"mitre_technique_id":["T1071.004"]},)"
        R"("context":{"rule_file":"domains.cfg","rule_line":1,"matches":1}}})");
}

TEST(JsonFormat, AUrlBehindTwoVlanTagsOnANamedSensor) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kUrl)
                        .from("10.0.0.1", 40000)
                        .to("192.0.2.7", 80)
                        .tcp()
                        .vlan(100)
                        .vlan(7)
                        .sensor("lab-1")
                        .live("eth0", Hook::kIngress)
                        .rule("/mal\"ware", "urls.cfg", 3)
                        .http("GET", "evil.example:80", "/mal\"ware")),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert","host":"lab-1",)"
        R"("src_ip":"10.0.0.1","src_port":40000,"dest_ip":"192.0.2.7","dest_port":80,)"
        R"("proto":"TCP","in_iface":"eth0","vlan":[100,7],"community_id":"1:gA1d5KlvUxLLxlFSyjRx7xQUB54=",)"
        R"("http":{"hostname":"evil.example:80","url":"/mal\"ware","http_method":"GET",)"
        R"("protocol":"HTTP/1.1"},"payload_printable":"http://evil.example:80/mal\"ware",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":300000001,"rev":1,"severity":2,)"
        R"("signature":"HTTP request for a URL with blacklisted string /mal\"ware",)"
        R"("category":"ILLEGAL_URL","rule":"/mal\"ware",)"
        R"("metadata":{"mitre_technique_id":["T1071.001"]},)"
        R"("context":{"hook":"ingress","rule_file":"urls.cfg","rule_line":3,"matches":1}}})");
}

TEST(JsonFormat, ASignatureWithBytesThatAreNotText) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kSignature)
                        .from("10.0.0.1", 40000)
                        .to("10.0.0.53", 53)
                        .in_file("a.pcap", 1)
                        .rule("caf\xc3\xa9\xff\x1b", "sigs.cfg", 9)
                        .payload(std::string("\0\x1b\xc3\xa9\\", 5))),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert",)"
        R"("src_ip":"10.0.0.1","src_port":40000,"dest_ip":"10.0.0.53","dest_port":53,)"
        R"("proto":"UDP","pcap_filename":"a.pcap","pcap_cnt":1,"community_id":"1:tsRYCl/+BxiF7NoYw7+legBUvt0=",)"
        R"("payload_printable":"\\x00\\x1b\\xc3\\xa9\\x5c",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":400000001,"rev":1,"severity":1,)"
        "\"signature\":\"Payload with blacklisted signature caf\xc3\xa9\\\\xff\\u001b\","
        "\"category\":\"ILLEGAL_SIGNATURE\",\"rule\":\"caf\xc3\xa9\\\\xff\\u001b\","
        R"("metadata":{"mitre_technique_id":["T1105"]},)"
        R"("context":{"rule_file":"sigs.cfg","rule_line":9,"matches":1}}})");
}

TEST(JsonFormat, AScan) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kScan)
                        .from("10.0.0.1", 40000)
                        .to("192.0.2.7", 80)
                        .tcp()
                        .live("eth0", Hook::kIngress)
                        .scan(scan(ScanFacts::Phase::kStart))),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert",)"
        R"("src_ip":"10.0.0.1","src_port":40000,"dest_ip":"192.0.2.7","dest_port":80,)"
        R"("proto":"TCP","in_iface":"eth0","community_id":"1:gA1d5KlvUxLLxlFSyjRx7xQUB54=","payload_printable":"",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":500000001,"rev":1,"severity":3,)"
        R"("signature":"Port scan: 20 or more ports within 60 s","category":"PORT_SCAN",)"
        R"("rule":"ports>=20/60s","metadata":{"mitre_technique_id":["T1046"]},)"
        R"("context":{"hook":"ingress","scan":{"phase":"start","ports":["1-18","22","80"],)"
        R"("port_count":20,"first":"2016-10-30T22:00:59.123456+0000",)"
        R"("last":"2016-10-30T22:01:02.123456+0000","threshold":20,"window_s":60}}}})");
}

TEST(JsonFormat, AScansEnd) {
    ScanFacts facts = scan(ScanFacts::Phase::kEnd);
    facts.rule = {5, std::chrono::milliseconds(2500)};
    const auto event = parsed(
        RecordBuilder(Family::kScan).from("10.0.0.1", 1).to("10.0.0.2", 2).tcp().scan(facts));
    EXPECT_EQ(event["alert"]["signature"], "Port scan ended: 20 ports probed");
    EXPECT_EQ(event["alert"]["context"]["scan"]["phase"], "end");
    EXPECT_EQ(event["alert"]["context"]["scan"]["threshold"], 5);
    EXPECT_EQ(event["alert"]["context"]["scan"]["window_s"], 2.5);
}

TEST(JsonFormat, IcmpHasATypeAndNoPorts) {
    EXPECT_EQ(
        format_json(RecordBuilder(Family::kIp)
                        .from("192.0.2.7")
                        .to("10.0.0.1")
                        .icmp(1, 8, 0)
                        .in_file("-", 3)
                        .rule("192.0.2.7", "ips.cfg", 1)
                        .from_listed()),
        R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"alert",)"
        R"("src_ip":"192.0.2.7","dest_ip":"10.0.0.1","proto":"ICMP","icmp_type":8,"icmp_code":0,)"
        R"("pcap_filename":"-","pcap_cnt":3,"community_id":"1:+nMfxcdLCpcHhtKUdkF4IyvfCzc=","payload_printable":"",)"
        R"("alert":{"action":"allowed","gid":1,"signature_id":100000001,"rev":1,"severity":2,)"
        R"("signature":"Traffic from blacklisted address 192.0.2.7","category":"ILLEGAL_IP",)"
        R"("rule":"192.0.2.7","metadata":{"mitre_technique_id":["T1071"]},)"
        R"("context":{"rule_file":"ips.cfg","rule_line":1,"matches":1}}})");
}

TEST(JsonFormat, AFragmentHasNeitherPortsNorCommunityId) {
    const auto event =
        parsed(RecordBuilder(Family::kIp).from("10.0.0.1").to("192.0.2.7").tcp().rule("192.0.2.7"));
    EXPECT_FALSE(event.contains("src_port"));
    EXPECT_FALSE(event.contains("dest_port"));
    EXPECT_FALSE(event.contains("community_id"));
    EXPECT_FALSE(event.contains("icmp_type"));
}

TEST(JsonFormat, NamesProtocolsAsSuricataDoesAndNumbersTheRest) {
    const auto proto = [](uint8_t number) {
        return parsed(RecordBuilder(Family::kIp)
                          .from("10.0.0.1")
                          .to("10.0.0.2")
                          .protocol(number))["proto"]
            .get<std::string>();
    };
    EXPECT_EQ(proto(1), "ICMP");
    EXPECT_EQ(proto(6), "TCP");
    EXPECT_EQ(proto(17), "UDP");
    EXPECT_EQ(proto(47), "GRE");
    EXPECT_EQ(proto(58), "IPv6-ICMP");
    EXPECT_EQ(proto(132), "SCTP");
    EXPECT_EQ(proto(253), "253");
}

TEST(JsonFormat, NamesRecordTypesAndNumbersTheRest) {
    const auto rrtype = [](uint16_t number) {
        return parsed(RecordBuilder(Family::kDomain)
                          .from("10.0.0.1", 1)
                          .to("10.0.0.2", 53)
                          .dns("a", number))["dns"]["queries"][0]["rrtype"]
            .get<std::string>();
    };
    EXPECT_EQ(rrtype(1), "A");
    EXPECT_EQ(rrtype(16), "TXT");
    EXPECT_EQ(rrtype(65), "HTTPS");
    EXPECT_EQ(rrtype(255), "ANY");
    EXPECT_EQ(rrtype(65400), "65400");
}

TEST(JsonFormat, AnEmptyHostNameIsLeftOut) {
    const auto event = parsed(
        RecordBuilder(Family::kUrl).from("10.0.0.1", 1).to("10.0.0.2", 80).http("GET", "", "/a"));
    EXPECT_FALSE(event["http"].contains("hostname"));
    EXPECT_EQ(event["http"]["url"], "/a");
}

TEST(JsonFormat, SaysSoWhenTheDataWasReassembled) {
    Record record = RecordBuilder(Family::kSignature).from("10.0.0.1", 1).to("10.0.0.2", 2);
    EXPECT_FALSE(parsed(record)["alert"]["context"].contains("reassembled"));
    record.reassembled = true;
    EXPECT_EQ(parsed(record)["alert"]["context"]["reassembled"], true);
}

TEST(JsonFormat, SaysSoWhenAControllerThatDiedMayHaveToldOfIt) {
    Record record = RecordBuilder(Family::kSignature).from("10.0.0.1", 1).to("10.0.0.2", 2);
    EXPECT_FALSE(parsed(record)["alert"]["context"].contains("replayed"));
    record.packet.replayed = true;
    EXPECT_EQ(parsed(record)["alert"]["context"]["replayed"], true);
}

TEST(JsonFormat, AnInnerPacketTellsItsDepthAndTheOutermostHeader) {
    Record record = RecordBuilder(Family::kIp).from("10.0.0.1").to("10.0.0.2");
    EXPECT_FALSE(parsed(record).contains("tunnel"));
    record.packet.ip_depth = 1;
    record.packet.tunnel = {.src = ip("192.0.2.1"),
                            .dst = ip("192.0.2.2"),
                            .protocol = 17,
                            .has_ports = true,
                            .src_port = 50000,
                            .dst_port = 4789};
    EXPECT_EQ(parsed(record)["tunnel"], (nlohmann::json{{"src_ip", "192.0.2.1"},
                                                        {"src_port", 50000},
                                                        {"dest_ip", "192.0.2.2"},
                                                        {"dest_port", 4789},
                                                        {"proto", "UDP"},
                                                        {"depth", 1}}));
    record.packet.tunnel.protocol = 47;
    record.packet.tunnel.has_ports = false;
    record.packet.ip_depth = 2;
    EXPECT_EQ(
        parsed(record)["tunnel"],
        (nlohmann::json{
            {"src_ip", "192.0.2.1"}, {"dest_ip", "192.0.2.2"}, {"proto", "GRE"}, {"depth", 2}}));
}

TEST(JsonFormat, HostileBytesInEveryStringLeaveOneValidLine) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string bytes{'a', static_cast<char>(byte), 'b'};
        Record record = RecordBuilder(Family::kUrl)
                            .from("10.0.0.1", 1)
                            .to("10.0.0.2", 80)
                            .sensor(bytes)
                            .in_file(bytes, 1)
                            .rule(bytes, bytes)
                            .http(bytes, bytes, bytes);
        record.interface = bytes;
        const std::string line = format_json(record);
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos);
    }
}

}  // namespace
}  // namespace peek
