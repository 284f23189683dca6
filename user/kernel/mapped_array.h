// SPDX-License-Identifier: BSD-2-Clause
// MappedArray: the values of a mmapable array map as memory of this process.
#pragma once

#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include "util/result.h"

namespace peek {

template <typename T>
class MappedArray {
  public:
    MappedArray() = default;
    MappedArray(const MappedArray&) = delete;
    MappedArray& operator=(const MappedArray&) = delete;
    ~MappedArray() {
        if (data_) ::munmap(data_, bytes_);
    }
    Result<void> open(const bpf_map* map, size_t count) {
        const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
        bytes_ = (count * sizeof(T) + page - 1) / page * page;
        void* at = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
        if (at == MAP_FAILED)
            return system_error(std::string("cannot map ") + bpf_map__name(map), errno);
        data_ = static_cast<T*>(at);
        return {};
    }
    T* get() const { return data_; }
    T* operator->() const { return data_; }

  private:
    T* data_ = nullptr;
    size_t bytes_ = 0;
};

}  // namespace peek
