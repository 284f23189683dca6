// SPDX-License-Identifier: BSD-2-Clause
#include "sink/json_format.h"

#include <algorithm>
#include <array>

#include "alert/protocol_name.h"
#include "sink/json_writer.h"

namespace peek {
namespace {

struct FamilyTraits {
    uint64_t severity;           // 1 is the gravest, as in Suricata
    std::string_view technique;  // MITRE ATT&CK
};
constexpr std::array<FamilyTraits, kFamilyCount> kTraits{{
    {2, "T1071"},      // application layer protocol
    {2, "T1071.004"},  // …: DNS
    {2, "T1071.001"},  // …: web protocols
    {1, "T1105"},      // ingress tool transfer
    {3, "T1046"},      // network service discovery
}};

const FamilyTraits& traits(Family family) {
    return kTraits[static_cast<size_t>(family)];
}

uint64_t signature_id(const Record& record) {
    constexpr uint64_t kPerFamily = 100'000'000;
    return kPerFamily * (static_cast<uint64_t>(record.type) + 1) + record.rule_id + 1;
}

struct Name {
    uint16_t number;
    std::string_view text;
};

constexpr std::array kRecordTypes{
    Name{1, "A"},      Name{2, "NS"},     Name{5, "CNAME"},  Name{6, "SOA"},    Name{10, "NULL"},
    Name{12, "PTR"},   Name{13, "HINFO"}, Name{15, "MX"},    Name{16, "TXT"},   Name{28, "AAAA"},
    Name{29, "LOC"},   Name{33, "SRV"},   Name{35, "NAPTR"}, Name{39, "DNAME"}, Name{41, "OPT"},
    Name{43, "DS"},    Name{44, "SSHFP"}, Name{46, "RRSIG"}, Name{47, "NSEC"},  Name{48, "DNSKEY"},
    Name{50, "NSEC3"}, Name{52, "TLSA"},  Name{64, "SVCB"},  Name{65, "HTTPS"}, Name{99, "SPF"},
    Name{249, "TKEY"}, Name{250, "TSIG"}, Name{251, "IXFR"}, Name{252, "AXFR"}, Name{255, "ANY"},
    Name{256, "URI"},  Name{257, "CAA"},
};

template <size_t N>
std::string name_or_number(const std::array<Name, N>& names, uint16_t number) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [=](const Name& name) { return name.number == number; });
    return found == names.end() ? std::to_string(number) : std::string(found->text);
}

void add_endpoints(JsonObject& event, const PacketFacts& packet) {
    event.text("src_ip", packet.src.to_string());
    if (packet.has_ports) event.number("src_port", packet.src_port);
    event.text("dest_ip", packet.dst.to_string());
    if (packet.has_ports) event.number("dest_port", packet.dst_port);
    event.text("proto", protocol_name(packet.protocol));
    if (!packet.has_icmp) return;
    event.number("icmp_type", packet.icmp_type);
    event.number("icmp_code", packet.icmp_code);
}

void add_origin(JsonObject& event, const Record& record) {
    if (!record.interface.empty()) event.text("in_iface", record.interface);
    if (record.file.empty()) return;
    event.text("pcap_filename", record.file);
    event.number("pcap_cnt", record.packet.ordinal - record.ordinals_before);
}

// The outermost header; `depth` tunnels are between it and the packet that matched.
void add_tunnel(JsonObject& event, const PacketFacts& packet) {
    const TunnelFacts& outer = packet.tunnel;
    JsonObject tunnel = event.object("tunnel");
    tunnel.text("src_ip", outer.src.to_string());
    if (outer.has_ports) tunnel.number("src_port", outer.src_port);
    tunnel.text("dest_ip", outer.dst.to_string());
    if (outer.has_ports) tunnel.number("dest_port", outer.dst_port);
    tunnel.text("proto", protocol_name(outer.protocol));
    tunnel.number("depth", packet.ip_depth);
}

void add_encapsulation(JsonObject& event, const Record& record) {
    const PacketFacts& packet = record.packet;
    if (packet.vlan_count > 0) {
        JsonArray vlan = event.array("vlan");
        for (size_t i = 0; i < packet.vlan_count; ++i) vlan.number(packet.vlan_ids[i]);
    }
    if (!record.community_id.empty()) event.text("community_id", record.community_id);
    if (packet.ip_depth > 0) add_tunnel(event, packet);
}

void add_application(JsonObject& event, const Record& record) {
    if (const auto* dns = std::get_if<DnsFacts>(&record.evidence)) {
        JsonObject object = event.object("dns");
        object.number("version", 3);
        JsonArray queries = object.array("queries");
        JsonObject query = queries.object();
        query.text("rrname", dns->rrname);
        query.text("rrtype", name_or_number(kRecordTypes, dns->rrtype));
    } else if (const auto* http = std::get_if<HttpFacts>(&record.evidence)) {
        JsonObject object = event.object("http");
        if (!http->hostname.empty()) object.text("hostname", http->hostname);
        object.text("url", http->url);
        object.text("http_method", http->method);
        object.text("protocol", http->protocol);
    }
}

void add_scan(JsonObject& context, const ScanFacts& facts) {
    JsonObject scan = context.object("scan");
    scan.text("phase", facts.phase == ScanFacts::Phase::kStart ? "start" : "end");
    {
        JsonArray ports = scan.array("ports");
        for (const PortRange& range : facts.ports) ports.text(ports_text({range}));
    }
    scan.number("port_count", facts.port_count);
    scan.text("first", format_timestamp(facts.first));
    scan.text("last", format_timestamp(facts.last));
    if (facts.lost_probes != 0) scan.number("lost_probes", facts.lost_probes);
    scan.number("threshold", facts.rule.ports);
    scan.raw("window_s", seconds_text(facts.rule.window));
}

// What EVE has no field for.
void add_context(JsonObject& alert, const Record& record) {
    JsonObject context = alert.object("context");
    if (record.packet.hook != Hook::kNone) context.text("hook", hook_name(record.packet.hook));
    if (record.type != Family::kScan) {
        context.text("rule_file", record.rule_file);
        context.number("rule_line", record.rule_line);
        context.number("matches", record.matches);
    }
    if (record.packet.replayed) context.raw("replayed", "true");
    if (record.reassembled) context.raw("reassembled", "true");
    if (const auto* scan = std::get_if<ScanFacts>(&record.evidence)) add_scan(context, *scan);
}

void add_alert(JsonObject& event, const Record& record) {
    JsonObject alert = event.object("alert");
    alert.text("action", "allowed");
    alert.number("gid", 1);
    alert.number("signature_id", signature_id(record));
    alert.number("rev", 1);
    alert.number("severity", traits(record.type).severity);
    alert.text("signature", describe(record));
    alert.text("category", traffic_type(record.type));
    alert.text("rule", record.rule);
    alert.object("metadata").array("mitre_technique_id").text(traits(record.type).technique);
    add_context(alert, record);
}

}  // namespace

std::string format_json(const Record& record) {
    std::string line;
    line.reserve(1024);
    {
        JsonObject event(line);
        event.text("timestamp", format_timestamp(record.packet.time));
        event.text("event_type", "alert");
        if (!record.sensor.empty()) event.text("host", record.sensor);
        add_endpoints(event, record.packet);
        add_origin(event, record);
        add_encapsulation(event, record);
        add_application(event, record);
        event.text("payload_printable", escape_field(record.payload));
        add_alert(event, record);
    }
    return line;
}

}  // namespace peek
