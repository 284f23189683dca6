// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/pinned_maps.h"

#include <cerrno>
#include <string_view>

namespace peek {

namespace {

// libbpf's own maps of constants and globals ("peek_bpf.rodata") belong to one loaded object.
bool is_shared(const bpf_map* map) {
    return std::string_view(bpf_map__name(map)).find('.') == std::string_view::npos;
}

std::string ring_name(uint32_t ring) {
    return "ring_" + std::to_string(ring);
}

Error missing(const PinDirectory& pins, const std::string& name) {
    return Error{pins.path() + ": what is pinned there lacks " + name +
                 "; remove it with `peek-xdp detach IFACE --pin=" + pins.path() + "`"};
}

}  // namespace

Result<void> reuse_pinned_maps(bpf_object* object, const PinDirectory& pins) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (!is_shared(map)) continue;
        const std::string name = bpf_map__name(map);
        const auto fd = pins.get(name);
        if (!fd) return missing(pins, name);
        if (const int error = bpf_map__reuse_fd(map, fd->get()); error != 0)
            return system_error("taking over the pinned map " + name, -error);
    }
    return {};
}

Result<std::vector<Fd>> pinned_rings(const PinDirectory& pins, uint32_t count) {
    std::vector<Fd> rings;
    for (uint32_t i = 0; i < count; ++i) {
        auto fd = pins.get(ring_name(i));
        if (!fd) return missing(pins, ring_name(i));
        rings.push_back(std::move(*fd));
    }
    return rings;
}

Result<void> pin_maps(const bpf_object* object, const std::vector<Fd>& rings,
                      const PinDirectory& pins) {
    const bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (!is_shared(map)) continue;
        if (auto r = pins.pin(bpf_map__fd(map), bpf_map__name(map)); !r) return r;
    }
    for (uint32_t i = 0; i < rings.size(); ++i)
        if (auto r = pins.pin(rings[i].get(), ring_name(i)); !r) return r;
    return {};
}

}  // namespace peek
