// SPDX-License-Identifier: BSD-2-Clause
#include "source/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

namespace peek {

// Guards are never freed, so that the handler may walk their list at any time; they are used again.
struct BusGuard {
    std::atomic<uintptr_t> begin = 0;
    std::atomic<uintptr_t> end = 0;  // 0: free
    std::atomic<uintptr_t> hit = 0;  // address of the first page that was lost, 0: none
    BusGuard* next = nullptr;
};

namespace {

// Large enough to make giving back cheap (a call each 32 MiB), and what workers that lag behind the
// reader still look at is usually not given back yet.
constexpr size_t kGiveBackBytes = size_t{32} << 20;
constexpr uintptr_t kPageMask = 4095;

std::atomic<BusGuard*> g_guards = nullptr;
std::mutex g_guards_mutex;
struct sigaction g_action_before {};

// Only what is safe in a handler: atomics, and mmap, which is a bare system call on Linux.
bool put_zeros_at(uintptr_t address) {
    for (BusGuard* guard = g_guards.load(); guard != nullptr; guard = guard->next) {
        const uintptr_t end = guard->end.load();
        if (address < guard->begin.load() || address >= end) continue;
        const uintptr_t page = address & ~kPageMask;
        uintptr_t none = 0;
        if (!guard->hit.compare_exchange_strong(none, page) && page < none) guard->hit = page;
        return ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
    }
    return false;
}

void on_bus_error(int number, siginfo_t* info, void* context) {
    const int saved = errno;
    if (!put_zeros_at(reinterpret_cast<uintptr_t>(info->si_addr))) {
        if ((g_action_before.sa_flags & SA_SIGINFO) != 0) {
            g_action_before.sa_sigaction(number, info, context);
        } else {
            ::signal(SIGBUS, SIG_DFL);  // the access is made again, and ends the process
        }
    }
    errno = saved;
}

void install_handler() {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigaction(SIGBUS, &action, &g_action_before);
}

BusGuard& guard(uintptr_t begin, uintptr_t end) {
    static std::once_flag installed;
    std::call_once(installed, install_handler);
    const std::lock_guard lock(g_guards_mutex);
    BusGuard* free = g_guards.load();
    while (free != nullptr && free->end.load() != 0) free = free->next;
    BusGuard& taken = free != nullptr ? *free : *new BusGuard;
    taken.hit = 0;
    taken.begin = begin;
    taken.end = end;
    if (free == nullptr) {
        taken.next = g_guards.load();
        g_guards = &taken;
    }
    return taken;
}

void release(BusGuard& guard) {
    const std::lock_guard lock(g_guards_mutex);
    guard.end = 0;
}

}  // namespace

Result<std::unique_ptr<ByteInput>> MappedFile::map(Fd file, uint64_t offset, uint64_t size) {
    void* base = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (base == MAP_FAILED) return system_error("mmap", errno);
    ::madvise(base, size, MADV_SEQUENTIAL);
    const auto begin = reinterpret_cast<uintptr_t>(base);
    BusGuard& its_guard = guard(begin, (begin + size + kPageMask) & ~kPageMask);
    return std::unique_ptr<ByteInput>(new MappedFile(
        std::move(file), static_cast<const uint8_t*>(base), size, offset, its_guard));
}

MappedFile::MappedFile(Fd file, const uint8_t* base, size_t size, size_t offset, BusGuard& guard)
    : file_(std::move(file)), base_(base), size_(size), guard_(guard) {
    window_ = {base + offset, size - offset};
}

MappedFile::~MappedFile() {
    release(guard_);
    ::munmap(const_cast<uint8_t*>(base_), size_);
}

void MappedFile::advance(size_t used, size_t /*want*/) {
    window_ = window_.subspan(used);
    position_ += used;
    const auto done = static_cast<size_t>(window_.data() - base_);
    if (done - given_back_ >= 2 * kGiveBackBytes) give_back_pages();
}

void MappedFile::give_back_pages() {
    ::madvise(const_cast<uint8_t*>(base_ + given_back_), kGiveBackBytes, MADV_DONTNEED);
    given_back_ += kGiveBackBytes;
}

// The last page of a cut file reads as zeros behind the end, without a signal: its size tells.
const uint8_t* MappedFile::lost_from() const {
    size_t whole = size_;
    struct stat now {};
    if (::fstat(file_.get(), &now) == 0 && static_cast<uint64_t>(now.st_size) < whole)
        whole = static_cast<size_t>(now.st_size);
    if (const uintptr_t hit = guard_.hit.load(); hit != 0)
        whole = std::min<size_t>(whole, hit - reinterpret_cast<uintptr_t>(base_));
    return whole < size_ ? base_ + whole : nullptr;
}

}  // namespace peek
