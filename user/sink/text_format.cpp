// SPDX-License-Identifier: BSD-2-Clause
#include "sink/text_format.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "sink/escape.h"

namespace peek {
namespace {

std::string endpoint(const IpAddress& address, bool has_ports, uint16_t port) {
    if (!has_ports) return address.to_string();
    if (address.version() == 6)
        return fmt::format(FMT_COMPILE("[{}]:{}"), address.to_string(), port);
    return fmt::format(FMT_COMPILE("{}:{}"), address.to_string(), port);
}

std::string field(std::string_view bytes) {
    return bytes.empty() ? "-" : escape_field(bytes);
}

std::string payload_field(const Record& record) {
    if (const auto* scan = std::get_if<ScanFacts>(&record.evidence))
        return field(ports_text(scan->ports));
    return field(record.payload);
}

}  // namespace

std::string format_text(const Record& record) {
    const PacketFacts& packet = record.packet;
    return fmt::format(FMT_COMPILE("{} {} {} {} {} {}"), traffic_type(record.type),
                       format_timestamp(packet.time),
                       endpoint(packet.src, packet.has_ports, packet.src_port),
                       endpoint(packet.dst, packet.has_ports, packet.dst_port), field(record.rule),
                       payload_field(record));
}

}  // namespace peek
