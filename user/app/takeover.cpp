// SPDX-License-Identifier: BSD-2-Clause
#include "app/takeover.h"

#include <net/if.h>

#include <algorithm>
#include <cstring>

#include "kernel/interface.h"

namespace peek {

namespace {

constexpr std::array kHashed{RuleList::kIp, RuleList::kDomain, RuleList::kUrl,
                             RuleList::kSignature};

// Names, and not the pinned links: links of interfaces that are gone hold nothing.
bool is_live(const peek_pinned_interface& interface) {
    return interface.ifindex != 0 && link_state(interface.ifindex).has_value();
}

struct Wanted {
    uint32_t ifindex;
    std::string name;
    bool ingress;
    bool egress;
};

std::vector<Wanted> wanted_interfaces(const AttachOptions& options) {
    std::vector<Wanted> wanted;
    for (const AttachTarget& target : options.targets) {
        const uint32_t ifindex = ::if_nametoindex(target.interface.c_str());
        const auto same = std::find_if(wanted.begin(), wanted.end(),
                                       [&](const Wanted& w) { return w.ifindex == ifindex; });
        if (ifindex != 0 && same != wanted.end()) {
            same->ingress |= target.ingress;
            same->egress |= target.egress;
        } else {
            wanted.push_back({ifindex, target.interface, target.ingress, target.egress});
        }
    }
    return wanted;
}

Error not_as_asked(const PinDirectory& pins, const std::string& name, const std::string& what) {
    return usage_error(pins.path() + ": " + what +
                       "; remove what is pinned with `peek-xdp detach " + name +
                       " --pin=" + pins.path() + "`, or attach as before");
}

bool mode_fits(AttachMode asked, uint8_t attached) {
    if (asked == AttachMode::kAuto || attached == PEEK_ATTACHED_NOT) return true;
    return (asked == AttachMode::kNative && attached == PEEK_ATTACHED_XDP_NATIVE) ||
           (asked == AttachMode::kGeneric && attached == PEEK_ATTACHED_XDP_GENERIC) ||
           (asked == AttachMode::kTc && attached == PEEK_ATTACHED_TC);
}

Result<void> check_hooks(const PinDirectory& pins, const peek_pinned_interface& pinned,
                         const Wanted& wanted, AttachMode mode) {
    const bool ingress = pinned.attached[PEEK_HOOK_INGRESS] != PEEK_ATTACHED_NOT;
    const bool egress = pinned.attached[PEEK_HOOK_EGRESS] != PEEK_ATTACHED_NOT;
    if (ingress != wanted.ingress || egress != wanted.egress)
        return not_as_asked(pins, wanted.name, wanted.name + " was attached with other directions");
    if (!mode_fits(mode, pinned.attached[PEEK_HOOK_INGRESS]))
        return not_as_asked(pins, wanted.name, wanted.name + " was attached with another --mode");
    return {};
}

Result<void> check_same(const PinDirectory& pins, const peek_manifest& manifest,
                        const AttachOptions& options) {
    const auto wanted = wanted_interfaces(options);
    for (const peek_pinned_interface& pinned : manifest.interfaces) {
        if (!is_live(pinned)) continue;
        const auto same = std::find_if(wanted.begin(), wanted.end(), [&](const Wanted& w) {
            return w.ifindex == pinned.ifindex;
        });
        if (same == wanted.end())
            return not_as_asked(pins, pinned_name(pinned),
                                pinned_name(pinned) + " is monitored there and was not asked for");
        if (auto fit = check_hooks(pins, pinned, *same, options.mode); !fit) return fit;
    }
    for (const Wanted& w : wanted) {
        const bool known = std::any_of(
            std::begin(manifest.interfaces), std::end(manifest.interfaces),
            [&](const auto& p) { return p.ifindex == w.ifindex || pinned_name(p) == w.name; });
        if (!known && !options.wait)
            return not_as_asked(pins, pinned_name(manifest.interfaces[0]),
                                w.name + " is not monitored there");
    }
    return {};
}

}  // namespace

std::string pinned_name(const peek_pinned_interface& interface) {
    return {interface.name, ::strnlen(interface.name, sizeof interface.name)};
}

Result<Takeover> prepare_takeover(const std::string& directory, const AttachOptions& options) {
    auto pins = PinDirectory::open(directory);
    if (!pins) return pins.error();
    Takeover takeover{std::move(*pins), std::nullopt};
    if (auto begun = takeover.pins.begin(); !begun) return begun.error();
    if (!takeover.pins.in_force()) return takeover;
    auto state = read_pinned_state(takeover.pins);
    if (!state) return state.error();
    if (auto same = check_same(takeover.pins, state->manifest, options); !same) return same.error();
    takeover.earlier = *state;
    return takeover;
}

void note_rules(peek_manifest& manifest, const RuleSets& sets) {
    for (size_t i = 0; i < kHashed.size(); i++) {
        auto& hash = manifest.rules_sha256[i];
        std::memset(hash, 0, sizeof hash);
        if (const RuleSet* set = sets.set(kHashed[i]))
            std::memcpy(hash, set->sha256().data(), std::min(sizeof hash, set->sha256().size()));
    }
}

bool same_rules(const peek_manifest& manifest, const RuleSets& sets) {
    peek_manifest now{};
    note_rules(now, sets);
    return std::memcmp(now.rules_sha256, manifest.rules_sha256, sizeof now.rules_sha256) == 0;
}

}  // namespace peek
