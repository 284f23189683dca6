// SPDX-License-Identifier: BSD-2-Clause
#include "app/attach_command.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "app/clock.h"
#include "app/control_server.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/monitor.h"
#include "app/pipeline.h"
#include "app/privileges.h"
#include "app/rule_files.h"
#include "app/service.h"
#include "kernel/capabilities.h"
#include "kernel/link_events.h"
#include "kernel/promiscuous.h"
#include "sink/ledger_table.h"

namespace peek {

namespace {

// Blocks the signals that the main loop reads; threads started later inherit that.
Result<Fd> open_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) return system_error("signalfd", errno);
    return fd;
}

// True when the monitor is to end.
bool take_signal(int fd, Monitor& monitor, Service& service) {
    signalfd_siginfo info{};
    if (::read(fd, &info, sizeof info) != sizeof info) return false;
    if (info.ssi_signo != SIGHUP) return true;
    service.reloading();
    monitor.reload();
    service.ready();
    return false;
}

// Not everything that becomes of an interface has an event: a filter that somebody removes has
// none.
constexpr int kLookMilliseconds = 1000;
// How often old rules are looked at while the inspecting thread may still need them.
constexpr int kFreeRulesMilliseconds = 100;

void serve(Monitor& monitor, ControlServer& control, LinkEvents& links, int signals) {
    Service service;
    service.ready();
    std::array<pollfd, 3> fds{
        {{signals, POLLIN, 0}, {control.fd(), POLLIN, 0}, {links.fd(), POLLIN, 0}}};
    while (monitor.has_work()) {
        const int wait = monitor.free_old_rules() ? kLookMilliseconds : kFreeRulesMilliseconds;
        if (::poll(fds.data(), fds.size(), wait) < 0) continue;
        if ((fds[0].revents & POLLIN) != 0 && take_signal(signals, monitor, service)) break;
        if ((fds[1].revents & POLLIN) != 0)
            control.serve([&](ControlRequest& request) { return monitor.handle(request); },
                          monotonic());
        monitor.follow_interfaces(links.take());
        monitor.sample();
        service.tick(monotonic(), monitor.progress(), [&] { return monitor.current_ledger(); });
    }
    service.stopping();
}

Result<std::unique_ptr<Monitor>> start_monitor(const AttachOptions& options, RuleSets rules,
                                               Sinks sinks) {
    auto monitor = Monitor::start(options, std::move(rules), std::move(sinks));
    if (!monitor) return monitor.error();
    FilesInUse files{.read = given_paths(options.detection.rules), .written = {options.control}};
    if (!options.output.log.empty() && options.output.log != "-")
        files.written.push_back(options.output.log);
    auto kept = keep_what_running_needs(files);
    if (!kept) return kept.error();
    say_detail("capabilities kept: " + *kept);
    (*monitor)->inspect();
    return monitor;
}

// Without CAP_NET_RAW there is no socket to hold promiscuous mode.
bool promiscuous_if_permitted(const AttachOptions& options) {
    if (!options.promiscuous) return false;
    if (auto prepared = PromiscuousMode::prepare(); !prepared) {
        warn(prepared.error().text +
             ": needs CAP_NET_RAW; frames for other hosts' addresses are not seen (--no-promisc "
             "says that this is meant)");
        return false;
    }
    return true;
}

}  // namespace

int run_attach(AttachOptions options) {
    if (auto allowed = check_capabilities(); !allowed) return fail(allowed.error());
    if (auto given_up = keep_what_attaching_needs(); !given_up) return fail(given_up.error());
    auto rules = load_rules(options.detection);
    if (!rules) return fail(rules.error());
    for (const AttachTarget& target : options.targets)
        if (auto interface = find_interface(target.interface); !interface && !options.wait)
            return fail(interface.error());
    if (auto apart =
            check_log_is_no_input(options.output.log, given_paths(options.detection.rules));
        !apart)
        return fail(apart.error());
    auto sinks = open_sinks(options.output);
    if (!sinks) return fail(sinks.error());
    auto control = ControlServer::listen(options.control);
    if (!control) return fail(control.error());
    if (options.output.log.empty()) say("no -l FILE: records are not kept, only alerts are shown");

    auto signals = open_signals();
    if (!signals) return fail(signals.error());
    options.promiscuous = promiscuous_if_permitted(options);
    auto links = LinkEvents::open();  // before it is looked which interfaces are there
    if (!links) return fail(links.error());
    auto monitor = start_monitor(options, std::move(*rules), std::move(*sinks));
    if (!monitor) return fail(monitor.error());
    serve(**monitor, **control, *links, signals->get());
    const auto lost = (*monitor)->lost_interfaces();
    const Ledger ledger = (*monitor)->stop();
    std::fputs(ledger_table(ledger).c_str(), stderr);
    if (lost) return fail(*lost);
    return ledger.output.log_write_failed == 0 ? kExitDone : kExitFailed;
}

}  // namespace peek
