// SPDX-License-Identifier: BSD-2-Clause
#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <functional>

#include "app/attach_command.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/monitor_commands.h"
#include "app/options.h"
#include "app/pcap_command.h"

namespace peek {

namespace {

// Everything the command line can say, as typed. The shared options exist on the program and on
// each command that takes them, writing to the same place: they may stand before or after it.
struct Arguments {
    RulePaths rules;
    bool port_scan = false;
    uint32_t scan_ports = ScanRule{}.ports;
    double scan_window_s = 60;
    std::vector<uint16_t> dns_ports;
    std::string log;
    LogFormat log_format = LogFormat::kText;
    double alert_minutes = 5;
    size_t alert_keys = 65'536;
    std::string sensor;
    std::string control = kDefaultControl;
    bool verbose = false;
    bool quiet = false;
    bool json = false;
    bool exit_code = false;
    std::vector<std::string> files;
    std::vector<std::string> interfaces;
    AttachMode mode = AttachMode::kAuto;
    bool no_promisc = false;
    size_t ring_mib = 16;
    uint32_t rings = 0;
    double ledger_interval_s = 60;
};

constexpr const char* kRulesGroup = "Rules";
constexpr const char* kDetectionGroup = "Detection";
constexpr const char* kOutputGroup = "Output";
constexpr const char* kGeneralGroup = "General";

Nanoseconds seconds(double value) {
    return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(value));
}

// Finite, within the bounds; what a Nanoseconds of 64 bits can hold is far above them.
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
    app.add_option("-i,--ip-blacklist", a.rules.ip, "addresses and networks")
        ->type_name("FILE")
        ->group(kRulesGroup);
    app.add_option("-d,--domain-blacklist", a.rules.domain, "domains; names under them match too")
        ->type_name("FILE")
        ->group(kRulesGroup);
    app.add_option("-u,--url-blacklist", a.rules.url, "strings searched in HTTP URLs")
        ->type_name("FILE")
        ->group(kRulesGroup);
    app.add_option("-s,--signatures", a.rules.signature, "strings searched in payloads")
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
        ->transform(CLI::CheckedTransformer(kFormats).description("text|json"))
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
    app.add_option("--sensor", a.sensor, "name of this sensor in records (EVE: host)")
        ->type_name("NAME")
        ->group(kOutputGroup);
}

void add_control(CLI::App& app, Arguments& a) {
    app.add_option("--control", a.control, "the monitor's control socket")
        ->type_name("PATH")
        ->capture_default_str();
}

DetectionOptions detection_of(const Arguments& a, bool scan) {
    DetectionOptions options{.rules = a.rules, .scan = std::nullopt, .dns_ports = {53}};
    if (scan) options.scan = ScanRule{a.scan_ports, seconds(a.scan_window_s)};
    for (const uint16_t port : a.dns_ports)
        if (std::find(options.dns_ports.begin(), options.dns_ports.end(), port) ==
            options.dns_ports.end())
            options.dns_ports.push_back(port);
    return options;
}

OutputOptions output_of(const Arguments& a) {
    return {.log = a.log,
            .log_format = a.log_format,
            .alert_window = seconds(a.alert_minutes * 60),
            .alert_keys = a.alert_keys,
            .sensor = a.sensor};
}

// "eth0", "eth0:ingress". The kernel allows no colon in an interface's name.
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

class CommandLine {
  public:
    CommandLine();
    int run(int argc, char** argv);

  private:
    void add_attach();
    void add_pcap();
    void add_map();
    void add_others();
    bool scan_wanted() const;
    Result<void> check_shared_options(const CLI::App& command) const;
    int attach();
    int pcap();

    CLI::App app_{
        "Watches network traffic for known-bad addresses, domains, URLs, byte signatures "
        "and port scans.",
        "peek-xdp"};
    Arguments a_;
    std::vector<std::pair<CLI::App*, std::function<int()>>> commands_;
};

CommandLine::CommandLine() {
    app_.set_version_flag("--version", std::string("peek-xdp ") + PEEK_VERSION);
    app_.require_subcommand(1);
    add_detection(app_, a_);
    add_output(app_, a_);
    app_.add_flag("-v,--verbose", a_.verbose, "say more")->group(kGeneralGroup);
    app_.add_flag("-q,--quiet", a_.quiet, "only warnings, errors and alerts")->group(kGeneralGroup);
    add_attach();
    add_pcap();
    add_map();
    add_others();
}

void CommandLine::add_attach() {
    static const std::map<std::string, AttachMode> kModes{{"auto", AttachMode::kAuto},
                                                          {"native", AttachMode::kNative},
                                                          {"tc", AttachMode::kTc},
                                                          {"generic", AttachMode::kGeneric}};
    CLI::App* attach = app_.add_subcommand("attach", "monitor interfaces until a signal");
    attach->alias("iface");
    attach->add_option("IFACE", a_.interfaces, "interface, or interface:ingress|egress|both")
        ->required();
    add_detection(*attach, a_);
    add_output(*attach, a_);
    add_control(*attach, a_);
    attach->add_option("--mode", a_.mode, "ingress hook: auto, native, tc or generic")
        ->transform(CLI::CheckedTransformer(kModes).description("auto|native|tc|generic"))
        ->type_name("");
    attach->add_flag("--no-promisc", a_.no_promisc, "leave promiscuous mode alone");
    attach
        ->add_option("--ring-size", a_.ring_mib,
                     "size of each ring buffer in MiB, a power of two (default 16)")
        ->check(CLI::IsMember({1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}))
        ->type_name("MIB");
    attach
        ->add_option("--rings", a_.rings,
                     "ring buffers, shared by groups of CPUs (default: as many as CPUs, at most 8)")
        ->check(CLI::Range(1, int{PEEK_MAX_RINGS}))
        ->type_name("N");
    attach
        ->add_option("--ledger-interval", a_.ledger_interval_s,
                     "seconds between ledger events in the JSON log (default 60)")
        ->check(number_between(1, 86400 * 365, "seconds"));
    commands_.emplace_back(attach, [this] { return this->attach(); });
}

void CommandLine::add_pcap() {
    CLI::App* pcap = app_.add_subcommand("pcap", "inspect capture files");
    pcap->add_option("FILE,-r", a_.files, "capture file ('-': standard input)");
    add_detection(*pcap, a_);
    add_output(*pcap, a_);
    pcap->add_flag("--exit-code", a_.exit_code, "exit with 3 when there were records");
    commands_.emplace_back(pcap, [this] { return this->pcap(); });
}

void CommandLine::add_map() {
    CLI::App* map = app_.add_subcommand("map", "the rule sets of a running monitor");
    map->require_subcommand(1);
    CLI::App* update = map->add_subcommand("update", "replace rule sets, all at once");
    add_rules(*update, a_);
    add_control(*update, a_);
    commands_.emplace_back(update, [this] { return run_map_update(a_.control, a_.rules); });
    CLI::App* show = map->add_subcommand("show", "what is loaded");
    show->add_flag("--json", a_.json, "for programs");
    add_control(*show, a_);
    commands_.emplace_back(show, [this] { return run_map_show(a_.control, a_.json); });
}

void CommandLine::add_others() {
    CLI::App* status = app_.add_subcommand("status", "interfaces, rules and the ledger");
    status->add_flag("--json", a_.json, "for programs");
    add_control(*status, a_);
    commands_.emplace_back(status, [this] { return run_status(a_.control, a_.json); });

    CLI::App* detach = app_.add_subcommand("detach", "end the monitoring of interfaces");
    detach->add_option("IFACE", a_.interfaces, "interface")->required();
    add_control(*detach, a_);
    commands_.emplace_back(detach, [this] { return run_detach(a_.control, a_.interfaces); });

    CLI::App* check = app_.add_subcommand("check", "validate rule files, load nothing");
    add_rules(*check, a_);
    commands_.emplace_back(check, [this] { return run_check(a_.rules); });
}

// Either threshold implies -p, wherever it stood.
bool CommandLine::scan_wanted() const {
    bool given = a_.port_scan;
    for (const CLI::App* app : app_.get_subcommands())
        for (const char* name : {"--scan-ports", "--scan-window"})
            if (const CLI::Option* option = app->get_option_no_throw(name))
                given = given || option->count() > 0;
    return given || app_.get_option("--scan-ports")->count() > 0 ||
           app_.get_option("--scan-window")->count() > 0;
}

// An option in front of a command that does not take it would otherwise pass unnoticed.
Result<void> CommandLine::check_shared_options(const CLI::App& command) const {
    for (const CLI::Option* option : app_.get_options())
        if (option->count() > 0 && !option->get_lnames().empty() &&
            option->get_group() != kGeneralGroup &&
            command.get_option_no_throw("--" + option->get_lnames().front()) == nullptr)
            return usage_error(command.get_name() + " does not take --" +
                               option->get_lnames().front());
    return {};
}

int CommandLine::attach() {
    AttachOptions options;
    for (const std::string& text : a_.interfaces) {
        auto target = target_of(text);
        if (!target) return fail(target.error());
        options.targets.push_back(*target);
    }
    options.mode = a_.mode;
    options.promiscuous = !a_.no_promisc;
    options.ring_bytes = static_cast<uint32_t>(a_.ring_mib << 20);
    options.rings = a_.rings;
    options.ledger_interval = seconds(a_.ledger_interval_s);
    options.control = a_.control;
    options.detection = detection_of(a_, scan_wanted());
    options.output = output_of(a_);
    return run_attach(options);
}

int CommandLine::pcap() {
    if (a_.files.empty())
        return fail(usage_error("pcap: name a capture file ('-': standard input)"));
    return run_pcap({.files = a_.files,
                     .exit_code = a_.exit_code,
                     .detection = detection_of(a_, scan_wanted()),
                     .output = output_of(a_)});
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app_.exit(error) == 0 ? kExitDone : kExitUsage;
    }
    set_up_messages(a_.quiet     ? Verbosity::kQuiet
                    : a_.verbose ? Verbosity::kVerbose
                                 : Verbosity::kNormal);
    for (const auto& [command, action] : commands_) {
        if (!command->parsed()) continue;
        if (auto fits = check_shared_options(*command); !fits) return fail(fits.error());
        return action();
    }
    return kExitUsage;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    return CommandLine().run(argc, argv);
}

}  // namespace peek
