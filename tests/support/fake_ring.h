// SPDX-License-Identifier: BSD-2-Clause
// A ring buffer of one page, laid out and written as the kernel does it, for readers of it.
#pragma once

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "kernel/ring.h"

namespace peek::test {

// What the programs do: reserve, write, submit or discard.
class FakeRing {
  public:
    FakeRing() {
        // The data twice in a row, as the kernel maps it.
        const int fd = ::memfd_create("ring", 0);
        if (::ftruncate(fd, static_cast<off_t>(3 * page_)) != 0) std::abort();
        consumer_ = map(nullptr, page_, fd, 0, MAP_SHARED);
        producer_ = map(nullptr, 3 * page_, -1, 0, MAP_PRIVATE | MAP_ANONYMOUS);
        map(producer_, page_, fd, page_, MAP_SHARED | MAP_FIXED);
        for (const size_t at : {page_, 2 * page_})
            map(producer_ + at, page_, fd, 2 * page_, MAP_SHARED | MAP_FIXED);
        ::close(fd);
    }
    std::unique_ptr<RingReader> reader() { return RingReader::adopt(consumer_, producer_, page_); }
    bool has_room(size_t bytes) const {
        return produced() - given_back() + length_with_header(bytes) <= page_;
    }
    // Returns the record's place, for end().
    uint64_t reserve(std::string_view bytes) {
        const uint64_t at = produced();
        const auto word = static_cast<uint32_t>(bytes.size()) | BPF_RINGBUF_BUSY_BIT;
        std::memcpy(data(at), &word, sizeof word);
        std::memcpy(data(at) + BPF_RINGBUF_HDR_SZ, bytes.data(), bytes.size());
        const uint64_t next = at + length_with_header(bytes.size());
        std::memcpy(producer_, &next, sizeof next);
        return at;
    }
    void end(uint64_t at, uint32_t flags) {
        uint32_t word = 0;
        std::memcpy(&word, data(at), sizeof word);
        word = (word & ~uint32_t{BPF_RINGBUF_BUSY_BIT}) | flags;
        std::memcpy(data(at), &word, sizeof word);
    }
    void submit(std::string_view bytes) { end(reserve(bytes), 0); }
    void discard(std::string_view bytes) { end(reserve(bytes), BPF_RINGBUF_DISCARD_BIT); }
    uint64_t given_back() const { return load(consumer_); }
    uint64_t produced() const { return load(producer_); }
    size_t size() const { return page_; }

  private:
    std::byte* map(std::byte* at, size_t size, int fd, size_t offset, int flags) const {
        void* got = ::mmap(at, size, PROT_READ | PROT_WRITE, flags, fd, static_cast<off_t>(offset));
        if (got == MAP_FAILED) std::abort();
        return static_cast<std::byte*>(got);
    }
    static uint64_t length_with_header(size_t bytes) {
        return (bytes + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
    }
    static uint64_t load(const std::byte* at) {
        uint64_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    }
    std::byte* data(uint64_t pos) { return producer_ + page_ + (pos & (page_ - 1)); }

    size_t page_ = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    std::byte* consumer_ = nullptr;
    std::byte* producer_ = nullptr;
};

}  // namespace peek::test
