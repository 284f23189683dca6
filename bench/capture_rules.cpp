// SPDX-License-Identifier: BSD-2-Clause
#include "capture_rules.h"

#include <algorithm>
#include <fstream>

namespace peek::bench {
namespace {

constexpr uint32_t kAddresses = 100'000;
constexpr uint32_t kNetworks = 1'000;
constexpr uint32_t kDomains = 100'000;
constexpr uint32_t kStrings = 1'000;

std::string dotted(uint32_t address) {
    return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
           std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

std::string hex(std::string_view bytes, const char* before) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<uint8_t>(c);
        text.append(before).append({kDigits[byte >> 4], kDigits[byte & 15]});
    }
    return text;
}

// What Suricata's lists of strings hold.
std::string base64(std::string_view bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t k = i; k < i + 3; ++k)
            group = group << 8 | (k < bytes.size() ? static_cast<uint8_t>(bytes[k]) : 0);
        for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[group >> shift & 63];
        if (i + 3 > bytes.size()) text.replace(text.size() - (i + 3 - bytes.size()), 2, "==");
    }
    return text.substr(0, (bytes.size() + 2) / 3 * 4);
}

}  // namespace

Rules make_rules(Random& random) {
    Rules rules;
    for (uint32_t i = 0; i < kAddresses; ++i) {
        const uint32_t top = i % 20 == 0 ? kServers : (20 + random.below(80)) << 24;
        rules.addresses.push_back(top | (random.below(1U << 24) & ~1U));
    }
    for (uint32_t i = 0; i < kNetworks; ++i) {
        const uint32_t length = 16 + random.below(13);
        const uint32_t prefix = (110 + random.below(50)) << 24 | random.below(1U << 24);
        rules.networks.push_back(dotted(prefix & ~0U << (32 - length)) + '/' +
                                 std::to_string(length));
    }
    for (uint32_t i = 0; i < kDomains; ++i)
        rules.domains.push_back(random.word(8, 16) + (i % 3 == 0 ? ".com" : ".net"));
    for (uint32_t i = 0; i < kStrings; ++i) rules.urls.push_back('/' + random.word(8, 23));
    for (uint32_t i = 0; i < kStrings; ++i)
        rules.signatures.push_back(i % 2 == 0 ? random.bytes(8 + random.below(17))
                                              : random.word(8, 24));
    return rules;
}

void write_peek_rules(const std::string& dir, const Rules& rules) {
    std::ofstream ips(dir + "/ips.cfg");
    for (const uint32_t address : rules.addresses) ips << dotted(address) << '\n';
    for (const std::string& network : rules.networks) ips << network << '\n';
    std::ofstream domains(dir + "/domains.cfg");
    for (const std::string& domain : rules.domains) domains << domain << '\n';
    std::ofstream urls(dir + "/urls.cfg");
    for (const std::string& url : rules.urls) urls << url << '\n';
    std::ofstream signatures(dir + "/signatures.cfg");
    for (const std::string& bytes : rules.signatures) signatures << hex(bytes, "\\x") << '\n';
}

void write_suricata_rules(const std::string& dir, const Rules& rules) {
    std::ofstream addresses(dir + "/addresses.lst");
    for (const uint32_t address : rules.addresses) addresses << dotted(address) << '\n';
    std::ofstream domains(dir + "/domains.lst");
    for (const std::string& domain : rules.domains) domains << base64(domain) << '\n';
    std::ofstream out(dir + "/suricata.rules");
    const auto alert = [&](const char* what, const std::string& options, size_t number) {
        out << "alert " << what << " (" << options << "; sid:" << number << ";)\n";
    };
    for (const char* side : {"src", "dst"})
        alert("ip any any -> any any",
              std::string("ip.") + side + "; dataset:isset,addresses,type ipv4,load " + dir +
                  "/addresses.lst,memcap 100mb,hashsize 200000",
              side[0] == 's' ? 1'000'001 : 1'000'002);
    // Suricata reads no line over 8,191 bytes.
    constexpr size_t kNetworksPerLine = 250;
    for (size_t i = 0; i < rules.networks.size(); i += kNetworksPerLine) {
        std::string networks;
        for (size_t k = i; k < std::min(i + kNetworksPerLine, rules.networks.size()); ++k)
            networks += (k == i ? "[" : ",") + rules.networks[k];
        alert(("ip " + networks + "] any <> any any").c_str(), "rev:1", 1'000'003 + i);
    }
    alert("dns any any -> any any",
          "dns.query; dataset:isset,domains,type string,load " + dir +
              "/domains.lst,memcap 200mb,hashsize 200000",
          2'000'001);
    for (size_t i = 0; i < rules.urls.size(); ++i)
        alert("http any any -> any any", "http.uri.raw; content:\"" + rules.urls[i] + '"',
              3'000'001 + i);
    for (size_t i = 0; i < rules.signatures.size(); ++i)
        alert("ip any any -> any any", "content:\"|" + hex(rules.signatures[i], "") + "|\"",
              4'000'001 + i);
}

}  // namespace peek::bench
