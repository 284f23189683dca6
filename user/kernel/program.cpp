// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <peek.skel.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "kernel/capabilities.h"
#include "kernel/libbpf_log.h"
#include "kernel/mapped_array.h"
#include "kernel/pinned_maps.h"
#include "kernel/ring_maps.h"
#include "kernel/rule_banks.h"

namespace peek {
namespace {

constexpr uint32_t kWakeBytes = 64U << 10;
constexpr const char* kKernelBtf = "/sys/kernel/btf/vmlinux";

Error load_error(int errnum, const LibbpfLog& log) {
    Error error = system_error("cannot load the BPF programs", errnum);
    error.text += log.tail();
    return error;
}

// Programs on other CPUs read these words while they change.
template <typename T>
void publish(T& word, std::type_identity_t<T> value) {
    std::atomic_ref<T>(word).store(value, std::memory_order_release);
}

struct SkeletonDeleter {
    void operator()(peek_bpf* skeleton) const { peek_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<peek_bpf, SkeletonDeleter>;

Result<void> check_options(const KernelProgram::Options& options) {
    const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
    const uint32_t bytes = options.ring_bytes;
    if (bytes < page || (bytes & (bytes - 1)) != 0)
        return usage_error("ring size " + std::to_string(bytes) +
                           ": must be a power of two and at least a page");
    if (options.rings > PEEK_MAX_RINGS)
        return usage_error("more than " + std::to_string(PEEK_MAX_RINGS) + " rings");
    if (options.dns_ports.size() > PEEK_MAX_DNS_PORTS)
        return usage_error("more than " + std::to_string(PEEK_MAX_DNS_PORTS) + " DNS ports");
    if (::access(kKernelBtf, R_OK) != 0)
        return Error{std::string("this kernel has no type information (") + kKernelBtf +
                         "): it must be built with CONFIG_DEBUG_INFO_BTF=y",
                     ErrorKind::kFailed, errno};
    return {};
}

bool takes_over(const KernelProgram::Options& options) {
    return options.pins != nullptr && options.pins->in_force();
}

Result<Skeleton> open_and_load(const KernelProgram::Options& options) {
    const LibbpfLog log;
    Skeleton skeleton(peek_bpf__open());
    if (!skeleton) return load_error(errno, log);
    if (skeleton->rodata->peek_abi_version != PEEK_ABI_VERSION)
        return Error{"the BPF programs are of another version than this controller"};
    if (takes_over(options))
        if (auto r = reuse_pinned_maps(skeleton->obj, *options.pins); !r) return r.error();
    if (const int error = peek_bpf__load(skeleton.get())) return load_error(-error, log);
    return skeleton;
}

}  // namespace

struct KernelProgram::State {
    Skeleton skeleton;
    MappedArray<peek_config> config;
    MappedArray<peek_checkpoint> checkpoint;
    MappedArray<peek_manifest> manifest;
    MappedArray<peek_scan_tags> scan_tags;
    RuleBanks rules;
    std::vector<Fd> rings;
    int cpus = 0;

    Result<void> map_memory();
    Result<void> configure(const Options& options);
    Result<void> configure_first(const Options& options);
    Result<void> wait_for_programs() const;
};

Result<void> KernelProgram::State::map_memory() {
    cpus = libbpf_num_possible_cpus();
    if (cpus < 0) return system_error("cannot count the CPUs", -cpus);
    if (auto r = config.open(skeleton->maps.peek_config, 1); !r) return r;
    if (auto r = checkpoint.open(skeleton->maps.peek_checkpoint, 1); !r) return r;
    if (auto r = manifest.open(skeleton->maps.peek_manifest, 1); !r) return r;
    if (auto r = scan_tags.open(skeleton->maps.peek_scan_tags, PEEK_SCAN_SETS); !r) return r;
    return rules.open(*skeleton);
}

// What stays as it is for as long as the maps live.
Result<void> KernelProgram::State::configure_first(const Options& options) {
    if (::getrandom(&config->hash_seed, sizeof(config->hash_seed), 0) !=
        static_cast<ssize_t>(sizeof(config->hash_seed)))
        return system_error("cannot get random bytes", errno);
    config->clock_mask = ~uint64_t{0};
    config->wake_bytes = std::min(kWakeBytes, options.ring_bytes / 4);
    const auto online = static_cast<uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    const RingPlan plan = plan_rings(options.rings, online);
    config->ring_count = plan.count;
    config->cpus_per_ring = plan.cpus_per_ring;
    auto made = make_rings(bpf_map__fd(skeleton->maps.peek_rings), plan.count, options.ring_bytes);
    if (!made) return made.error();
    rings = std::move(*made);
    return options.pins == nullptr ? Result<void>{} : pin_maps(skeleton->obj, rings, *options.pins);
}

Result<void> KernelProgram::State::configure(const Options& options) {
    if (takes_over(options)) {
        auto found = pinned_rings(*options.pins, config->ring_count);
        if (!found) return found.error();
        rings = std::move(*found);
        rules.take_over();
    } else if (auto r = configure_first(options); !r) {
        return r;
    }
    config->scan_window_ns = static_cast<uint64_t>(options.scan.window.count());
    config->scan_ports = options.scan.ports;
    std::copy(options.dns_ports.begin(), options.dns_ports.end(), config->dns_ports);
    publish(config->dns_port_count, static_cast<uint32_t>(options.dns_ports.size()));
    return {};
}

// The kernel answers an update of an outer map only after all running programs have ended
// (maybe_wait_bpf_programs); membarrier(2) would wait too, but not on machines with nohz_full CPUs.
// The first ring takes its own place again, which disturbs nobody and may happen on any thread.
Result<void> KernelProgram::State::wait_for_programs() const {
    const uint32_t first = 0;
    const int ring = rings[first].get();
    if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.peek_rings), &first, &ring, BPF_ANY) != 0)
        return system_error("cannot wait for running programs", errno);
    return {};
}

KernelProgram::KernelProgram(std::unique_ptr<State> state) : state_(std::move(state)) {}
KernelProgram::~KernelProgram() = default;

Result<std::unique_ptr<KernelProgram>> KernelProgram::load(const Options& options) {
    if (auto r = check_capabilities(); !r) return r.error();
    if (auto r = check_options(options); !r) return r.error();
    auto state = std::make_unique<State>();
    auto skeleton = open_and_load(options);
    if (!skeleton) return skeleton.error();
    state->skeleton = std::move(*skeleton);
    if (auto r = state->map_memory(); !r) return r.error();
    if (auto r = state->configure(options); !r) return r.error();
    return std::unique_ptr<KernelProgram>(new KernelProgram(std::move(state)));
}

Result<uint32_t> KernelProgram::add_interface(uint32_t ifindex, peek_link_type link) {
    peek_config& config = *state_->config.get();
    const uint32_t slot = config.interface_count;
    if (slot == PEEK_MAX_INTERFACES)
        return Error{"a monitor can attach at most " + std::to_string(PEEK_MAX_INTERFACES) +
                     " times; end it and start anew"};
    config.interfaces[slot].link_type = link;
    publish(config.interfaces[slot].ifindex, ifindex);
    publish(config.interface_count, slot + 1);
    return slot;
}

std::optional<uint32_t> KernelProgram::slot_of(uint32_t ifindex) const {
    for (uint32_t slot = 0; slot < state_->config->interface_count; ++slot)
        if (state_->config->interfaces[slot].ifindex == ifindex) return slot;
    return std::nullopt;
}

void KernelProgram::reuse_interface(uint32_t slot, uint32_t ifindex, peek_link_type link) {
    peek_interface& interface = state_->config->interfaces[slot];
    publish(interface.ifindex, 0U);
    wait_for_running_programs();
    interface.link_type = link;
    publish(interface.ifindex, ifindex);
}

void KernelProgram::forget_interface(uint32_t slot) {
    publish(state_->config->interfaces[slot].ifindex, 0U);
}

Result<void> KernelProgram::install(const RuleSets& rules) {
    const uint32_t idle = state_->config->active ^ 1U;
    peek_bank image{};
    image.generation = rules.generation;
    image.families = rules.families();
    if (auto r = state_->rules.fill(rules, idle, state_->config->hash_seed, image); !r) return r;
    state_->config->banks[idle] = image;
    publish(state_->config->active, idle);
    if (auto r = state_->wait_for_programs(); !r) return r;
    state_->rules.release(idle ^ 1U);
    return {};
}

void KernelProgram::wait_for_running_programs() const {
    (void)state_->wait_for_programs();
}

uint32_t KernelProgram::active_generation() const {
    return state_->config->banks[state_->config->active & 1U].generation;
}

peek_counters KernelProgram::counters(uint32_t slot, peek_hook hook) const {
    const uint32_t key = peek_counter_key(slot, hook);
    using Words = std::array<uint64_t, sizeof(peek_counters) / sizeof(uint64_t)>;
    std::vector<Words> per_cpu(static_cast<size_t>(state_->cpus));
    Words sum{};
    const int fd = bpf_map__fd(state_->skeleton->maps.peek_counters);
    if (bpf_map_lookup_elem(fd, &key, per_cpu.data()) != 0) return {};
    for (const Words& one : per_cpu) {
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += one[i];
    }
    return std::bit_cast<peek_counters>(sum);
}

ScanLoad KernelProgram::scan_load() const {
    return peek::scan_load(*state_->config.get(),
                           std::span(state_->scan_tags.get(), PEEK_SCAN_SETS));
}

uint64_t KernelProgram::lost_in_rings() const {
    uint64_t lost = 0;
    for (uint32_t slot = 0; slot < state_->config->interface_count; ++slot)
        for (const peek_hook hook : kHooks) lost += counters(slot, hook).lost[PEEK_LOST_RING_FULL];
    return lost;
}

std::vector<KernelLoss> KernelProgram::drain_losses() {
    const auto bank = static_cast<uint8_t>(state_->config->loss_bank & 1U);
    publish(state_->config->loss_bank, bank ^ 1U);
    wait_for_running_programs();
    return take_losses(bpf_map__fd(state_->skeleton->maps.peek_losses), bank);
}

int KernelProgram::program_fd(ProgramKind kind) const {
    const auto& programs = state_->skeleton->progs;
    switch (kind) {
        case ProgramKind::kXdpIngress:
            return bpf_program__fd(programs.peek_xdp);
        case ProgramKind::kTcIngress:
            return bpf_program__fd(programs.peek_tc_ingress);
        case ProgramKind::kTcEgress:
            return bpf_program__fd(programs.peek_tc_egress);
    }
    return -1;
}

int KernelProgram::stub_fd(peek_hook hook) const {
    const auto& programs = state_->skeleton->progs;
    return bpf_program__fd(hook == PEEK_HOOK_EGRESS ? programs.peek_stub_out
                                                    : programs.peek_stub_in);
}

int KernelProgram::stub_array_fd() const {
    return bpf_map__fd(state_->skeleton->maps.peek_stub);
}

uint32_t KernelProgram::ring_count() const {
    return static_cast<uint32_t>(state_->rings.size());
}

int KernelProgram::ring_fd(uint32_t ring) const {
    return state_->rings[ring].get();
}

peek_checkpoint& KernelProgram::checkpoint() {
    return *state_->checkpoint.get();
}

peek_manifest& KernelProgram::manifest() {
    return *state_->manifest.get();
}

void KernelProgram::set_clock(uint64_t mask, uint64_t offset_ns) {
    publish(state_->config->clock_mask, mask);
    publish(state_->config->clock_offset_ns, offset_ns);
}

void KernelProgram::set_consumer_asleep(bool asleep) {
    publish(state_->config->consumer_asleep, asleep ? 1U : 0U);
}

}  // namespace peek
