// SPDX-License-Identifier: BSD-2-Clause
#include "detect/inspector.h"

namespace peek {

void InspectionCounts::add(const InspectionCounts& other) {
    decode.add(other.decode);
    dns.add(other.dns);
    http.add(other.http);
    ignored += other.ignored;
    scan_probes_ignored += other.scan_probes_ignored;
}

std::vector<Counter> InspectionCounts::named() const {
    std::vector<Counter> all;
    decode.append_to(all, decode_event_name);
    all.push_back({"ignored", ignored});
    dns.append_to(all, dns_event_name);
    http.append_to(all, http_event_name);
    all.push_back({"scan_probes_ignored", scan_probes_ignored});
    return all;
}

}  // namespace peek
