// SPDX-License-Identifier: BSD-2-Clause
#include "app/cli.h"

#include <cerrno>
#include <cstdio>
#include <functional>

#include "app/attach_command.h"
#include "app/block_workers.h"
#include "app/capture_inputs.h"
#include "app/cli_errors.h"
#include "app/cli_options.h"
#include "app/completion.h"
#include "app/config_file.h"
#include "app/doctor_command.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/monitor_commands.h"
#include "app/pcap_command.h"
#include "app/rule_files.h"
#include "app/selftest_command.h"
#include "app/summary_command.h"

namespace peek {

namespace {

class CommandLine {
  public:
    CommandLine();
    int run(int argc, char** argv);

  private:
    void add_attach();
    void add_pcap();
    void add_map();
    void add_others();
    void add_summary_merge();
    void add_diagnosis();
    bool scan_wanted() const;
    Result<void> check_shared_options(const CLI::App& command) const;
    Result<void> check_config(const CLI::App& command) const;
    int print_completion() const;
    int attach();
    int pcap();

    CLI::App app_{
        "Watches network traffic for known-bad addresses, domains, URLs, byte signatures "
        "and port scans.",
        "peek-xdp"};
    Arguments a_;
    std::vector<std::pair<CLI::App*, std::function<int()>>> commands_;
    std::optional<ConfigFile> config_;
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
    add_summary_merge();
    add_diagnosis();
    config_.emplace(app_);
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
        ->transform(one_of(kModes, "auto|native|tc|generic"))
        ->type_name("");
    add_pin(*attach, a_,
            "keep programs, maps and rings attached when this process ends, and go on with them "
            "(DIR: below a BPF file system)");
    attach->add_flag("--wait", a_.wait,
                     "wait for interfaces that do not exist, now or after they vanished");
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
    pcap->add_option("FILE", a_.words,
                     "capture files and directories ('-': standard input), then a filter as "
                     "pcap-filter(7) has it");
    pcap->add_option("-r", a_.files, "read this one; all words are then the filter (repeatable)")
        ->allow_extra_args(false)
        ->type_name("FILE");
    pcap->add_flag("-n")->description(
        "nothing, for who types -nr FILE as for tcpdump: names are never resolved");
    pcap->add_flag("--continuous", a_.continuous,
                   "flows, scans and alerts go on from one file to the next");
    add_detection(*pcap, a_);
    add_output(*pcap, a_);
    pcap->add_option("--threads", a_.threads,
                     "threads that inspect (default: one for each CPU that it may run on)")
        ->check(CLI::Range(1, 1024))
        ->type_name("N");
    pcap->add_option(
            "-w,--write", a_.evidence,
            "write the packets behind the records to a pcapng file (reads the input twice)")
        ->check([](const std::string& file) {
            return file == "-" ? "standard output is not for packets: name a file (./- if it is "
                                 "to be called so)"
                               : "";
        })
        ->type_name("FILE");
    add_summary(*pcap, a_);
    pcap->add_flag("--exit-code", a_.exit_code, "exit with 3 when there were records");
    commands_.emplace_back(pcap, [this] { return this->pcap(); });
}

void CommandLine::add_map() {
    CLI::App* map = app_.add_subcommand("map", "the rule sets of a running monitor");
    map->require_subcommand(1);
    CLI::App* update = map->add_subcommand("update", "replace rule sets, all at once");
    add_rules(*update, a_);
    CLI::Option* all =
        update->add_flag("--all", a_.update_all, "read the files again that attach was given");
    for (CLI::Option* option :
         update->get_options([](const CLI::Option* o) { return o->get_group() == kRulesGroup; }))
        all->excludes(option);
    update->add_flag("--force", a_.force, "even if a list shrinks by more than half");
    add_control(*update, a_);
    commands_.emplace_back(update, [this] {
        return run_map_update(a_.control, {a_.rules, a_.update_all, a_.force});
    });
    CLI::App* show = map->add_subcommand("show", "what is loaded");
    show->add_flag("--json", a_.json, "for programs");
    add_control(*show, a_);
    commands_.emplace_back(show, [this] { return run_map_show(a_.control, a_.json); });
    CLI::App* dump = map->add_subcommand("dump", "every rule that is loaded, with file and line");
    std::vector<std::string> lists;
    for (const RuleList list : kAllRuleLists) lists.emplace_back(rule_list_name(list));
    dump->add_option("FAMILY", a_.list,
                     "only these: ip, domain, url, signature, ignore, scan-ignore")
        ->check(CLI::IsMember(lists))
        ->type_name("");
    dump->add_flag("--json", a_.json, "an object a line");
    add_control(*dump, a_);
    commands_.emplace_back(dump, [this] { return run_map_dump(a_.control, a_.list, a_.json); });
}

void CommandLine::add_others() {
    CLI::App* status = app_.add_subcommand("status", "interfaces, rules and the ledger");
    status->add_flag("--json", a_.json, "for programs");
    add_control(*status, a_);
    add_pin(*status, a_, "where a monitor that does not run any more was told to pin its programs");
    CLI::Option* watch =
        status->add_option("--watch", a_.watch_s, "refresh every so many seconds (default 2)")
            ->expected(0, 1)
            ->default_str("2")
            ->check(number_between(0.1, 86400, "seconds"))
            ->type_name("[SECONDS]");
    commands_.emplace_back(status, [this, watch] {
        const auto interval =
            std::chrono::duration_cast<std::chrono::milliseconds>(seconds(a_.watch_s));
        return run_status(a_.control, pin_directory(a_), a_.json,
                          watch->count() > 0 ? std::optional(interval) : std::nullopt);
    });

    CLI::App* detach = app_.add_subcommand("detach", "end the monitoring of interfaces");
    detach->add_option("IFACE", a_.interfaces, "interface")->required();
    add_control(*detach, a_);
    add_pin(*detach, a_, "where a monitor that does not run any more was told to pin its programs");
    commands_.emplace_back(
        detach, [this] { return run_detach(a_.control, a_.interfaces, pin_directory(a_)); });

    CLI::App* check = app_.add_subcommand("check", "validate rule files, load nothing");
    add_rules(*check, a_);
    commands_.emplace_back(check, [this] { return run_check(a_.rules); });
}

void CommandLine::add_summary_merge() {
    CLI::App* summary = app_.add_subcommand("summary", "what pcap --summary wrote");
    summary->require_subcommand(1);
    CLI::App* merge = summary->add_subcommand(
        "merge", "combine summaries (JSON) to the one that a single run would have made");
    merge->add_option("FILE", a_.files, "summary, written as JSON ('-': standard input)")
        ->required();
    add_summary_look(*merge, a_);
    commands_.emplace_back(merge, [this] {
        auto look = summary_look_of(a_);
        return look ? run_summary_merge(a_.files, *look) : fail(look.error());
    });
}

void CommandLine::add_diagnosis() {
    CLI::App* doctor = app_.add_subcommand("doctor", "can it run here, and if not, the exact fix");
    doctor->add_option("IFACE", a_.interfaces, "interface to be monitored")->expected(0, 1);
    doctor->add_flag("--json", a_.json, "for programs");
    commands_.emplace_back(doctor, [this] {
        return run_doctor(a_.interfaces.empty() ? "" : a_.interfaces.front(), a_.json);
    });
    CLI::App* selftest =
        app_.add_subcommand("selftest", "prove in a namespace of its own that each kind is seen");
    commands_.emplace_back(selftest, [] { return run_selftest(); });
    CLI::App* completion = app_.add_subcommand("completion", "a completion script for a shell");
    completion->add_option("SHELL", a_.shell, "bash, zsh or fish")->required();
    commands_.emplace_back(completion, [this] { return print_completion(); });
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

// A mistake in a file that was not asked for keeps nobody from looking at a monitor or ending it.
Result<void> CommandLine::check_config(const CLI::App& command) const {
    const auto& error = config_->error();
    if (!error) return {};
    if (config_->given() || command.get_name() == "attach") return *error;
    warn(error->text);
    return {};
}

int CommandLine::print_completion() const {
    auto script = completion_script(app_, a_.shell);
    if (!script) return fail(script.error());
    if (std::fputs(script->c_str(), stdout) < 0 || std::fflush(stdout) != 0)
        return fail(system_error("standard output", errno));
    return kExitDone;
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
    options.wait = a_.wait;
    if (!a_.pin.empty()) options.pin = pin_directory(a_);
    options.ring_bytes = static_cast<uint32_t>(a_.ring_mib << 20);
    options.rings = a_.rings;
    options.ledger_interval = seconds(a_.ledger_interval_s);
    options.control = a_.control;
    options.detection = detection_of(a_, scan_wanted());
    auto output = output_of(a_);
    if (!output) return fail(output.error());
    options.output = *output;
    return run_attach(options);
}

int CommandLine::pcap() {
    auto inputs = list_inputs(a_.files, a_.words);
    if (!inputs) return fail(inputs.error());
    for (const std::string& entry : inputs->passed_over) warn(entry);
    auto output = output_of(a_);
    if (!output) return fail(output.error());
    std::optional<SummaryOptions> summary;
    if (summary_wanted(*app_.get_subcommand("pcap"), a_)) {
        auto wanted = summary_of(a_);
        if (!wanted) return fail(wanted.error());
        summary = *wanted;
        output->stdout_taken = true;
    }
    if (const std::string& file = config_->rules_for_attach();
        !file.empty() && given_paths(a_.rules).empty() && !scan_wanted())
        warn(file + " has rules for attach only; put them under [pcap]");
    return run_pcap({.files = inputs->files,
                     .filter = inputs->filter,
                     .continuous = a_.continuous,
                     .evidence = a_.evidence,
                     .summary = summary,
                     .progress = !a_.quiet,
                     .exit_code = a_.exit_code,
                     .threads = a_.threads != 0 ? a_.threads : usable_cpus(),
                     .detection = detection_of(a_, scan_wanted()),
                     .output = *output});
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // What is missing may be missing because the file could not be read.
        if (error.get_exit_code() != 0 && config_->error()) {
            set_up_messages(Verbosity::kNormal);
            return fail(*config_->error());
        }
        if (error.get_exit_code() == 0) return app_.exit(error);
        set_up_messages(Verbosity::kNormal);
        return fail(usage_error(text_of(error, app_)));
    }
    set_up_messages(a_.quiet     ? Verbosity::kQuiet
                    : a_.verbose ? Verbosity::kVerbose
                                 : Verbosity::kNormal);
    for (const auto& [command, action] : commands_) {
        if (!command->parsed()) continue;
        if (auto fits = check_shared_options(*command); !fits) return fail(fits.error());
        if (auto read = check_config(*command); !read) return fail(read.error());
        return action();
    }
    return kExitUsage;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    return CommandLine().run(argc, argv);
}

}  // namespace peek
