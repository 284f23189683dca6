// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/ring.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "kernel/program.h"

namespace peek {

namespace {

// The eight bytes before each record: its length with two flags, and a page offset for the kernel.
constexpr size_t kHeaderBytes = BPF_RINGBUF_HDR_SZ;
constexpr uint32_t kBusy = BPF_RINGBUF_BUSY_BIT;
constexpr uint32_t kDiscarded = BPF_RINGBUF_DISCARD_BIT;

size_t page_bytes() {
    return static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

uint64_t load(const std::byte* position) {
    return __atomic_load_n(reinterpret_cast<const uint64_t*>(position), __ATOMIC_ACQUIRE);
}

uint64_t length_with_header(uint32_t length) {
    return (uint64_t{length} + kHeaderBytes + 7) / 8 * 8;
}

}  // namespace

RingReader::RingReader(std::byte* consumer, std::byte* producer, size_t size)
    : consumer_page_(consumer),
      producer_page_(producer),
      data_(reinterpret_cast<const uint8_t*>(producer) + page_bytes()),
      mask_(size - 1),
      committed_(load(consumer)),
      taken_(committed_) {}

RingReader::~RingReader() {
    ::munmap(consumer_page_, page_bytes());
    ::munmap(producer_page_, page_bytes() + 2 * size());
}

Result<std::unique_ptr<RingReader>> RingReader::open(int fd) {
    bpf_map_info info{};
    __u32 info_size = sizeof info;
    if (bpf_obj_get_info_by_fd(fd, &info, &info_size) != 0)
        return system_error("asking for the ring buffer's size", errno);
    const size_t page = page_bytes();
    const size_t size = info.max_entries;
    void* consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (consumer == MAP_FAILED) return system_error("mapping the ring buffer", errno);
    void* producer =
        ::mmap(nullptr, page + 2 * size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(page));
    if (producer == MAP_FAILED) {
        const int errnum = errno;
        ::munmap(consumer, page);
        return system_error("mapping the ring buffer's data", errnum);
    }
    return adopt(static_cast<std::byte*>(consumer), static_cast<std::byte*>(producer), size);
}

std::unique_ptr<RingReader> RingReader::adopt(std::byte* consumer, std::byte* producer,
                                              size_t size) {
    return std::unique_ptr<RingReader>(new RingReader(consumer, producer, size));
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

uint64_t RingReader::produced_pos() const {
    return load(producer_page_);
}

RingReader::Found RingReader::peek() {
    while (taken_ < produced_pos()) {
        const uint8_t* header = data_ + (taken_ & mask_);
        const uint32_t word =
            __atomic_load_n(reinterpret_cast<const uint32_t*>(header), __ATOMIC_ACQUIRE);
        if ((word & kBusy) != 0) return Found::kBusy;
        const uint32_t length = word & ~(kBusy | kDiscarded);
        next_ = taken_ + length_with_header(length);
        if ((word & kDiscarded) == 0) {
            record_ = {header + kHeaderBytes, length};
            return Found::kRecord;
        }
        taken_ = next_;
    }
    return Found::kEmpty;
}

void RingReader::take() {
    taken_ = next_;
}

void RingReader::commit() {
    committed_ = taken_;
    __atomic_store_n(reinterpret_cast<uint64_t*>(consumer_page_), taken_, __ATOMIC_RELEASE);
}

bool RingReader::drain(const Take& take_record) {
    while (true) {
        const Found found = peek();
        if (found != Found::kRecord) {
            commit();
            return found == Found::kEmpty;
        }
        const bool more = take_record(record_);
        take();
        commit();
        if (!more) return false;
    }
}

}  // namespace peek
