// SPDX-License-Identifier: BSD-2-Clause
// Several captures as one: the packets of the next file follow those of the one before, ordinals
// run on, and so does all state behind.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "source/pcap_source.h"

namespace peek {

class JoinedSource final : public CaptureSource {
  public:
    // `on_problem` hears, as it happens, of every file that cannot be read (whole), in a call of
    // next() that follows kIdle or is the first. The source then goes on with the next one and ends
    // as kFailed. An error() of its own is of a file that was cut after it was read, while streams
    // still looked at its bytes: ask when nobody does any more.
    JoinedSource(std::vector<std::string> paths, CaptureFilter* filter,
                 std::function<void(const Error&)> on_problem);

    Batch next() override;
    const std::optional<Error>& error() const override;
    uint64_t bytes_dropped() const override;
    uint64_t bytes_read() const override;
    bool stable() const override { return stable_; }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view captured_on(uint32_t index) const override;
    std::string_view file_name(uint32_t interface) const override;
    uint64_t ordinals_before(uint32_t interface) const override;
    LeftOut left_out() const override;
    uint64_t packets_read() const override;

  private:
    struct Interface {
        size_t file;
        uint64_t ordinals_before;
        std::string captured_on;
    };

    struct Kept {
        std::unique_ptr<CaptureSource> source;
        bool told;  // on_problem_ has heard of it
    };

    bool open_next();
    void close();
    void take(const PacketView& packet);
    uint32_t interface_of(uint32_t index);
    const Interface* find(uint32_t interface) const;

    std::vector<std::string> paths_;
    CaptureFilter* filter_;
    std::function<void(const Error&)> on_problem_;
    size_t opened_ = 0;
    std::unique_ptr<CaptureSource> current_;
    bool ended_ = false;      // current_, with its last batch handed out
    std::vector<Kept> kept_;  // stable ones: their bytes may be in use
    std::vector<PacketView> views_;
    bool stable_ = false;
    bool problems_ = false;
    std::optional<Error> no_error_;

    // Of the sources before current_.
    uint64_t packets_ = 0;
    uint64_t bytes_ = 0;
    uint64_t bytes_dropped_ = 0;
    LeftOut left_out_;

    std::vector<uint32_t> interface_map_;  // current_'s index -> ours
    mutable std::mutex interfaces_mutex_;  // records are made on another thread, perhaps
    std::vector<std::unique_ptr<const Interface>> interfaces_;
};

}  // namespace peek
