// SPDX-License-Identifier: BSD-2-Clause
// The packets of one capture, where they stand in its input.
#pragma once

#include <mutex>
#include <vector>

#include "source/byte_input.h"
#include "source/capture_filter.h"
#include "source/capture_format.h"
#include "source/pcap_source.h"

namespace peek {

class FileSource final : public CaptureSource {
  public:
    FileSource(std::string path, std::unique_ptr<ByteInput> input,
               std::unique_ptr<CaptureFormat> format, CaptureFilter* filter);

    Batch next() override;
    const std::optional<Error>& error() const override;
    uint64_t bytes_dropped() const override { return bytes_dropped_; }
    uint64_t bytes_read() const override { return input_->bytes_on_disk(); }
    bool stable() const override { return input_->stable(); }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view captured_on(uint32_t index) const override;
    std::string_view file_name(uint32_t) const override { return path_; }
    LeftOut left_out() const override { return left_out_; }
    uint64_t packets_read() const override { return packets_; }

  private:
    void read_batch();
    State state_of_batch() const;
    bool wait_for(size_t size);
    void meet_interfaces();
    bool takes(PacketView& packet);
    void end();
    void fail(const std::string& how, const std::string& reason);
    void drop_what_was_lost();
    std::string after_packets() const;

    std::string path_;
    std::unique_ptr<ByteInput> input_;
    std::unique_ptr<CaptureFormat> format_;
    CaptureFilter* filter_;
    size_t at_ = 0;  // in the input's window
    std::vector<PacketView> views_;
    State state_ = State::kMore;
    bool ran_out_ = false;  // the batch ended because the window did
    mutable std::optional<Error> error_;
    uint64_t packets_ = 0;
    uint64_t bytes_dropped_ = 0;
    LeftOut left_out_;
    mutable std::mutex names_mutex_;
    std::vector<std::string_view> names_;  // for other threads; the format's own may grow meanwhile
};

}  // namespace peek
