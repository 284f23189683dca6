// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/ring.h"

#include <bpf/libbpf.h>

#include <cerrno>

#include "kernel/program.h"

namespace peek {

struct RingReader::State {
    ring_buffer* ring = nullptr;
    const Take* take = nullptr;

    ~State() { ring_buffer__free(ring); }
};

namespace {

// Any negative value stops libbpf's loop after the record; it is handed back by consume().
constexpr int kStop = -ECANCELED;

}  // namespace

RingReader::RingReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RingReader::~RingReader() = default;

Result<std::unique_ptr<RingReader>> RingReader::open(int fd) {
    auto state = std::make_unique<State>();
    const auto on_record = [](void* context, void* data, size_t size) {
        const auto& take = *static_cast<State*>(context)->take;
        return take({static_cast<const uint8_t*>(data), size}) ? 0 : kStop;
    };
    state->ring = ring_buffer__new(fd, on_record, state.get(), nullptr);
    if (state->ring == nullptr) return system_error("mapping the ring buffer", errno);
    return std::unique_ptr<RingReader>(new RingReader(std::move(state)));
}

Result<std::vector<std::unique_ptr<RingReader>>> RingReader::open_all(
    const KernelProgram& program) {
    std::vector<std::unique_ptr<RingReader>> readers;
    for (uint32_t i = 0; i < program.ring_count(); ++i) {
        auto reader = open(program.ring_fd(i));
        if (!reader) return reader.error();
        readers.push_back(std::move(*reader));
    }
    return readers;
}

bool RingReader::drain(const Take& take) {
    state_->take = &take;
    return ring_buffer__consume(state_->ring) >= 0;
}

int RingReader::epoll_fd() const {
    return ring_buffer__epoll_fd(state_->ring);
}

}  // namespace peek
