// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdio>

#include "app/control_client.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/rule_files.h"
#include "app/status_watch.h"
#include "kernel/hook_check.h"
#include "kernel/interface.h"
#include "kernel/pin.h"

namespace peek {

namespace {

int print(std::string_view text) {
    const bool ok =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    return ok ? kExitDone : fail(system_error("standard output", errno));
}

int print_reply(Result<ControlReply> reply, bool json) {
    if (!reply) return fail(reply.error());
    for (const std::string& text : reply->warnings) warn(text);
    if (reply->error) return fail(*reply->error);
    return print(json ? reply->json + "\n" : reply->text);
}

int ask_and_print(const std::string& control, const ControlRequest& request, bool json) {
    return print_reply(ask_monitor(control, request), json);
}

bool nobody_listens(const Error& error) {
    return error.errnum == ENOENT || error.errnum == ECONNREFUSED;
}

Result<ControlReply> ask_for_status(const std::string& control, const std::string& pin) {
    auto reply = ask_monitor(control, {.command = "status"});
    if (!reply && nobody_listens(reply.error()) && is_anything_pinned(pin))
        reply.error().text += fmt::format(
            "; programs are pinned in {0} and go on counting: `peek-xdp attach --pin={0} IFACE` "
            "goes on with them, `peek-xdp detach IFACE --pin={0}` removes them",
            pin);
    return reply;
}

// A dead monitor leaves nothing but what it pinned and, on kernels without tcx, an empty clsact
// filter.
int remove_leftovers(const std::vector<std::string>& interfaces, const std::string& pin,
                     Error no_monitor) {
    int removed = 0;
    for (const std::string& name : interfaces) {
        auto interface = find_interface(name);
        if (!interface) return fail(interface.error());
        auto links = remove_pinned_links(pin, interface->ifindex);
        if (!links) return fail(links.error());
        if (*links > 0) say(fmt::format("{}: removed {} programs pinned in {}", name, *links, pin));
        removed += *links;
        auto stubs = remove_stale_stubs(*interface);
        if (!stubs) return fail(stubs.error());
        if (*stubs > 0) say(fmt::format("{}: removed {} filters of a dead monitor", name, *stubs));
        removed += *stubs;
    }
    if (removed > 0) return kExitDone;
    if (nobody_listens(no_monitor))
        no_monitor.text +=
            fmt::format("; nor is anything of {} pinned in {}", fmt::join(interfaces, ", "), pin);
    return fail(no_monitor);
}

}  // namespace

int run_status(const std::string& control, const std::string& pin, bool json,
               std::optional<std::chrono::milliseconds> watch_interval) {
    if (!watch_interval) return print_reply(ask_for_status(control, pin), json);
    const auto ask = [&]() -> Result<std::string> {
        auto reply = ask_for_status(control, pin);
        if (!reply) return reply.error();
        if (reply->error) return *reply->error;
        return json ? reply->json + "\n" : reply->text;
    };
    auto watched = watch(ask, *watch_interval);
    return watched ? kExitDone : fail(watched.error());
}

int run_map_show(const std::string& control, bool json) {
    return ask_and_print(control, {.command = "map-show"}, json);
}

int run_map_dump(const std::string& control, const std::string& list, bool json) {
    ControlRequest request{.command = "map-dump"};
    for (const RuleList known : kAllRuleLists)
        if (rule_list_name(known) == list) request.list = known;
    request.json = json;
    int status = kExitDone;
    const auto write = [&](std::string_view piece) {
        status = print(piece);
        return status == kExitDone;
    };
    auto reply = ask_for_stream(control, request, write);
    if (!reply) return fail(reply.error());
    return reply->error ? fail(*reply->error) : status;
}

int run_map_update(const std::string& control, const MapUpdate& update) {
    auto files = open_rule_files(update.rules);
    if (!files) return fail(files.error());
    if (files->empty() && !update.all)
        return fail(
            usage_error("map update: name rule files (-i, -d, -u, -s, --ignore, "
                        "--scan-ignore), or --all for those of the start"));
    if (auto regular = make_regular(*files); !regular) return fail(regular.error());
    ControlRequest request{.command = "map-update", .files = std::move(*files)};
    request.all = update.all;
    request.force = update.force;
    return ask_and_print(control, request, false);
}

int run_detach(const std::string& control, const std::vector<std::string>& interfaces,
               const std::string& pin) {
    const ControlRequest request{.command = "detach", .interfaces = interfaces};
    auto reply = ask_monitor(control, request);
    if (!reply) return remove_leftovers(interfaces, pin, reply.error());
    if (reply->error) return fail(*reply->error);
    return print(reply->text);
}

int run_check(const RulePaths& rules) {
    if (given_paths(rules).empty())
        return fail(
            usage_error("check: name rule files (-i, -d, -u, -s, --ignore, --scan-ignore), or "
                        "write them under [check] in the configuration file"));
    auto sets = load_rules({.rules = rules, .scan = std::nullopt, .dns_ports = {53}});
    if (!sets) return fail(sets.error());
    std::string text;
    for (const RuleList list : kAllRuleLists)
        if (const RuleSet* set = sets->set(list))
            text += fmt::format("{}: {} {} rules, sha256 {}\n", set->file(), set->size(),
                                rule_list_name(list), set->sha256());
    return print(text);
}

}  // namespace peek
