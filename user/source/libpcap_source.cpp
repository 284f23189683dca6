// SPDX-License-Identifier: BSD-2-Clause
#include "source/libpcap_source.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "source/link_types.h"

namespace peek {
namespace {

constexpr size_t kBatchPackets = 256;
constexpr size_t kBatchBytes = size_t{256} * 1024;

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
using PcapHandle = std::unique_ptr<pcap_t, ClosePcap>;

// stdio asks for what libpcap wants, as nothing is buffered in between: the input's position is
// then the end of what libpcap has read.
ssize_t read_input(void* cookie, char* into, size_t size) {
    auto& input = *static_cast<ByteInput*>(cookie);
    input.advance(0, 1);
    const size_t count = std::min(size, input.window().size());
    if (count == 0) return input.error() ? -1 : 0;
    std::memcpy(into, input.window().data(), count);
    input.advance(count, 0);
    return static_cast<ssize_t>(count);
}

FILE* file_over(ByteInput& input) {
    FILE* file = ::fopencookie(&input, "rb", {read_input, nullptr, nullptr, nullptr});
    if (file != nullptr) std::setvbuf(file, nullptr, _IONBF, 0);
    return file;
}

class LibpcapSource final : public CaptureSource {
  public:
    LibpcapSource(std::string path, std::unique_ptr<ByteInput> input, PcapHandle pcap,
                  uint32_t number, CaptureFilter* filter)
        : path_(std::move(path)),
          input_(std::move(input)),
          pcap_(std::move(pcap)),
          number_(number),
          link_(*link_type_of(number)),
          filter_(filter),
          last_end_(input_->position()) {}

    Batch next() override {
        views_.clear();
        arena_.clear();
        // A pipe's writer may pause: the packets that it has sent do not wait with it.
        const size_t most = input_->stable() ? kBatchPackets : 1;
        while (state_ == State::kMore && views_.size() < most && arena_.size() < kBatchBytes)
            read_packet();
        point_into_arena();
        const bool idle = state_ == State::kMore && input_->may_wait();
        return {views_, idle ? State::kIdle : state_};
    }

    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return bytes_dropped_; }
    uint64_t bytes_read() const override { return input_->bytes_on_disk(); }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return path_; }
    LeftOut left_out() const override { return {unselected_, {}}; }
    uint64_t packets_read() const override { return packets_; }

  private:
    void read_packet() {
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        const int result = pcap_next_ex(pcap_.get(), &header, &bytes);
        if (result == 1) {
            add(*header, bytes);
        } else if (result == PCAP_ERROR_BREAK && !input_->error()) {
            state_ = State::kEnd;
        } else {
            fail(input_->error() ? input_->error()->text : pcap_geterr(pcap_.get()));
        }
        if (state_ != State::kFailed) last_end_ = input_->position();
    }

    // The arena may still move while the batch grows: views get their place in point_into_arena().
    void add(const pcap_pkthdr& header, const u_char* bytes) {
        PacketView view;
        view.time = timestamp_from_ns(header.ts.tv_sec * 1'000'000'000 + header.ts.tv_usec);
        view.ordinal = ++packets_;
        view.link = link_;
        view.wire_len = header.len;
        view.bytes = {bytes, header.caplen};
        if (filter_ != nullptr && !filter_->selects(number_, view)) {
            ++unselected_;
            return;
        }
        arena_.insert(arena_.end(), bytes, bytes + header.caplen);
        views_.push_back(view);
    }

    void point_into_arena() {
        size_t at = 0;
        for (PacketView& view : views_) {
            view.bytes = {arena_.data() + at, view.bytes.size()};
            at += view.bytes.size();
        }
    }

    void fail(const std::string& reason) {
        const bool cut = reason.find("truncated") != std::string::npos;
        error_ =
            Error{path_ + ": " + (cut ? "cut off" : "unreadable") + " after " +
                  std::to_string(packets_) + (packets_ == 1 ? " packet: " : " packets: ") + reason};
        bytes_dropped_ = input_->position() - last_end_ + input_->window().size();
        state_ = State::kFailed;
    }

    std::string path_;
    std::unique_ptr<ByteInput> input_;
    PcapHandle pcap_;
    uint32_t number_;  // of the link type
    LinkType link_;
    CaptureFilter* filter_;
    uint64_t last_end_;  // the input's position behind the last packet
    State state_ = State::kMore;
    std::optional<Error> error_;
    uint64_t packets_ = 0;
    uint64_t unselected_ = 0;
    uint64_t bytes_dropped_ = 0;
    std::vector<PacketView> views_;
    std::vector<uint8_t> arena_;
};

}  // namespace

Result<std::unique_ptr<CaptureSource>> open_with_libpcap(const std::string& path,
                                                         std::unique_ptr<ByteInput> input,
                                                         CaptureFilter* filter) {
    FILE* file = file_over(*input);
    if (file == nullptr) return system_error(path, errno);
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    PcapHandle pcap(
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, reason.data()));
    if (!pcap) {
        std::fclose(file);
        if (input->error()) return Error{path + ": " + input->error()->text};
        return Error{path + ": not a capture that libpcap can read (" + reason.data() + ")"};
    }
    const auto number = static_cast<uint32_t>(pcap_datalink(pcap.get()));
    const auto link = link_type_of(number);
    if (!link) return Error{path + ": " + unsupported_link_text(link_type_text(number))};
    if (filter != nullptr)
        if (auto fits = filter->prepare(number); !fits)
            return Error{path + ": " + fits.error().text};
    return std::unique_ptr<CaptureSource>(
        std::make_unique<LibpcapSource>(path, std::move(input), std::move(pcap), number, filter));
}

}  // namespace peek
