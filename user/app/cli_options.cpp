// SPDX-License-Identifier: BSD-2-Clause
#include "app/cli_options.h"

#include <algorithm>
#include <cmath>

#include "kernel/pin.h"

namespace peek {

namespace {

constexpr const char* kDetectionGroup = "Detection";
constexpr const char* kOutputGroup = "Output";

}  // namespace

Nanoseconds seconds(double value) {
    return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(value));
}

CLI::Validator number_between(double least, double most, const std::string& unit) {
    return {[=](const std::string& text) {
                char* end = nullptr;
                const double value = std::strtod(text.c_str(), &end);
                if (*end == '\0' && !text.empty() && std::isfinite(value) && value >= least &&
                    value <= most)
                    return std::string{};
                return "'" + text + "': expected " + unit + " from " +
                       CLI::detail::to_string(least) + " to " + CLI::detail::to_string(most);
            },
            unit};
}

void add_rules(CLI::App& app, Arguments& a) {
    struct Row {
        RuleList list;
        const char* names;
        const char* what;
    };
    constexpr std::array<Row, kRuleListCount> kRows{
        {{RuleList::kIp, "-i,--ip-blacklist", "addresses and networks"},
         {RuleList::kDomain, "-d,--domain-blacklist", "domains; names under them match too"},
         {RuleList::kUrl, "-u,--url-blacklist", "strings searched in HTTP URLs"},
         {RuleList::kSignature, "-s,--signatures", "strings searched in payloads"},
         {RuleList::kIgnore, "--ignore",
          "addresses and networks whose packets are never looked at"},
         {RuleList::kScanIgnore, "--scan-ignore",
          "addresses and networks whose probes are no scan"}}};
    for (const Row& row : kRows)
        app.add_option(row.names, a.rules[row.list], row.what)
            ->type_name("FILE")
            ->group(kRulesGroup);
}

void add_detection(CLI::App& app, Arguments& a) {
    add_rules(app, a);
    app.add_flag("-p,--port-scan", a.port_scan, "detect port scans")->group(kDetectionGroup);
    app.add_option("--scan-ports", a.scan_ports,
                   "distinct ports that make a scan (default 20; implies -p)")
        ->check(CLI::Range(2, static_cast<int>(PEEK_SCAN_SLOTS)))
        ->type_name("N")
        ->group(kDetectionGroup);
    app.add_option("--scan-window", a.scan_window_s,
                   "… within so many seconds (default 60; implies -p)")
        ->check(number_between(0.001, 86400 * 365, "seconds"))
        ->group(kDetectionGroup);
    app.add_option("--dns-ports", a.dns_ports, "ports of DNS beside 53")
        ->delimiter(',')
        ->check(CLI::Range(1, 65535))
        ->type_name("PORT,…")
        ->group(kDetectionGroup);
    app.add_flag("--no-reassembly", a.no_reassembly,
                 "judge every packet on its own: no fragments, no TCP streams")
        ->group(kDetectionGroup);
}

void add_output(CLI::App& app, Arguments& a) {
    static const std::map<std::string, LogFormat> kFormats{{"text", LogFormat::kText},
                                                           {"json", LogFormat::kJson}};
    app.add_option(
           "-l,--logfile", a.log,
           "append a line a record ('-': standard output; alerts then go to standard error)")
        ->type_name("FILE")
        ->group(kOutputGroup);
    app.add_option("--log-format", a.log_format, "text (default) or json (Suricata's EVE)")
        ->transform(one_of(kFormats, "text|json"))
        ->type_name("")
        ->group(kOutputGroup);
    app.add_option("-a,--alert-timeout", a.alert_minutes,
                   "minutes that one alert stands for (default 5; 0: every record alerts)")
        ->check(number_between(0, 60 * 24 * 365, "minutes"))
        ->group(kOutputGroup);
    app.add_option("--alert-keys", a.alert_keys, "alert keys kept at a time")
        ->check(CLI::Range(1, 100'000'000))
        ->type_name("N")
        ->group(kOutputGroup);
    app.add_option("--log-limit", a.log_limit,
                   "records logged per alert key and window; the rest is only counted")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000'000'000}))
        ->type_name("N")
        ->group(kOutputGroup);
    app.add_option("--sensor", a.sensor, "name of this sensor in records (EVE: host)")
        ->type_name("NAME")
        ->group(kOutputGroup);
}

void add_control(CLI::App& app, Arguments& a) {
    app.add_option("--control", a.control, "the monitor's control socket")
        ->type_name("PATH")
        ->capture_default_str();
}

// A flag with an optional value: the interface behind it must not be taken for the directory.
void add_pin(CLI::App& app, Arguments& a, const std::string& text) {
    app.add_flag("--pin{auto}", a.pin, text)->type_name("[=DIR]");
}

std::string pin_directory(const Arguments& a) {
    return a.pin.empty() || a.pin == "auto" ? default_pin_directory(a.control) : a.pin;
}

DetectionOptions detection_of(const Arguments& a, bool scan) {
    DetectionOptions options{.rules = a.rules, .scan = std::nullopt, .dns_ports = {53}};
    if (scan) options.scan = ScanRule{a.scan_ports, seconds(a.scan_window_s)};
    for (const uint16_t port : a.dns_ports)
        if (std::find(options.dns_ports.begin(), options.dns_ports.end(), port) ==
            options.dns_ports.end())
            options.dns_ports.push_back(port);
    options.reassembly = !a.no_reassembly;
    return options;
}

Result<OutputOptions> output_of(const Arguments& a) {
    if (a.log_limit != 0 && a.alert_minutes == 0)
        return usage_error("--log-limit counts by alert window, and -a 0 makes none; choose one");
    return OutputOptions{.log = a.log,
                         .log_format = a.log_format,
                         .alert_window = seconds(a.alert_minutes * 60),
                         .alert_keys = a.alert_keys,
                         .log_limit = a.log_limit,
                         .sensor = a.sensor};
}

Result<AttachTarget> target_of(const std::string& text) {
    const size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    if (colon == std::string::npos) return AttachTarget{name, true, true};
    const std::string direction = text.substr(colon + 1);
    if (direction != "ingress" && direction != "egress" && direction != "both")
        return usage_error(text + ": '" + direction + "' is no direction; write " + name +
                           ":ingress, " + name + ":egress or " + name + ":both");
    return AttachTarget{name, direction != "egress", direction != "ingress"};
}

}  // namespace peek
