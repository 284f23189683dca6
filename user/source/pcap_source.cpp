// SPDX-License-Identifier: BSD-2-Clause
#include "source/pcap_source.h"

#include <pcap/pcap.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "util/fd.h"

namespace peek {
namespace {

constexpr size_t kBatchPackets = 256;
constexpr size_t kBatchBytes = size_t{256} * 1024;
constexpr size_t kReadBytes = size_t{64} * 1024;  // a third of the time that stdio's 4 KiB take
constexpr size_t kRecordHeader = 16;  // of a packet in a pcap file; pcapng: about
constexpr const char* kSupported =
    "Ethernet, raw IP, Linux cooked capture v1 and v2, BSD loopback (NULL, LOOP)";

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
using PcapHandle = std::unique_ptr<pcap_t, ClosePcap>;

struct CloseFile {
    void operator()(FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<FILE, CloseFile>;

// stdio's buffer, which must outlive the file.
using ReadBuffer = std::unique_ptr<char[]>;

std::optional<LinkType> link_type_of(int dlt) {
    // pcap_datalink() gives the host system's DLT_RAW; files of other systems, and old ones, carry
    // the other numbers it has had.
    static constexpr int kRawOpenBsd = 14;
    static constexpr int kRawElsewhere = 12;
    static constexpr int kLinkTypeRaw = 101;
    switch (dlt) {
        case DLT_EN10MB:
            return LinkType::kEthernet;
        case kRawElsewhere:
        case kRawOpenBsd:
        case kLinkTypeRaw:
        case DLT_IPV4:
        case DLT_IPV6:
            return LinkType::kRawIp;
        case DLT_LINUX_SLL:
            return LinkType::kLinuxCooked;
        case DLT_LINUX_SLL2:
            return LinkType::kLinuxCooked2;
        case DLT_NULL:
            return LinkType::kNullHost;
        case DLT_LOOP:
            return LinkType::kNullNetwork;
        default:
            return std::nullopt;
    }
}

std::string link_type_text(int dlt) {
    const char* name = pcap_datalink_val_to_name(dlt);
    return std::string(name ? name : "unknown") + " (" + std::to_string(dlt) + ")";
}

// pcap-ng holds 64-bit times in units of its own choosing: seconds that nanoseconds cannot hold
// are a broken file's, and are clamped.
Timestamp timestamp_of(const timeval& time_ns) {
    constexpr int64_t kMaxSeconds = 9'200'000'000;
    const int64_t seconds = std::clamp<int64_t>(time_ns.tv_sec, -kMaxSeconds, kMaxSeconds);
    return timestamp_from_ns(seconds * 1'000'000'000 + time_ns.tv_usec);
}

class PcapSource final : public CaptureSource {
  public:
    PcapSource(std::string path, ReadBuffer buffer, PcapHandle pcap, LinkType link)
        : path_(std::move(path)), buffer_(std::move(buffer)), pcap_(std::move(pcap)), link_(link) {
        struct stat status {};
        if (::fstat(fileno(file()), &status) == 0 && S_ISREG(status.st_mode)) {
            file_size_ = status.st_size;
        }
        views_.reserve(kBatchPackets);
        arena_.resize(kBatchBytes);
    }

    Batch next() override {
        views_.clear();
        arena_used_ = 0;
        if (file_size_) batch_start_ = ftello(file());
        bool idle = false;
        while (state_ == State::kMore && views_.size() < kBatchPackets &&
               arena_used_ < kBatchBytes) {
            idle = !views_.empty() && would_block();
            if (idle) break;
            read_packet();
        }
        point_into_arena();
        return {views_, idle ? State::kIdle : state_};
    }

    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return bytes_dropped_; }
    uint64_t bytes_read() const override { return bytes_read_; }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return path_; }
    LeftOut left_out() const override { return {}; }
    uint64_t packets_read() const override { return packets_; }

  private:
    FILE* file() const { return pcap_file(pcap_.get()); }

    // A pipe whose writer pauses must not hold back the packets that it has sent. That libpcap may
    // have more of them buffered only makes the batch smaller.
    bool would_block() const {
        if (file_size_) return false;
        pollfd input{fileno(file()), POLLIN, 0};
        return ::poll(&input, 1, 0) == 0;
    }

    void read_packet() {
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        const int result = pcap_next_ex(pcap_.get(), &header, &bytes);
        if (result == 1) {
            add(*header, bytes);
        } else if (result == PCAP_ERROR_BREAK) {
            state_ = State::kEnd;
        } else {
            fail(pcap_geterr(pcap_.get()));
        }
    }

    // libpcap's buffer holds one packet, so each is copied. The arena may still move while the
    // batch grows: the views get their bytes in point_into_arena().
    void add(const pcap_pkthdr& header, const u_char* bytes) {
        if (arena_.size() - arena_used_ < header.caplen) {
            arena_.resize(arena_used_ + header.caplen);
        }
        std::memcpy(arena_.data() + arena_used_, bytes, header.caplen);
        arena_used_ += header.caplen;
        bytes_read_ += kRecordHeader + header.caplen;

        PacketView view;
        view.time = timestamp_of(header.ts);
        view.ordinal = ++packets_;
        view.link = link_;
        view.wire_len = header.len;
        view.bytes = {arena_.data(), header.caplen};
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
        if (file_size_) bytes_dropped_ = bytes_behind_last_packet();
        state_ = State::kFailed;
    }

    // libpcap does not say where a packet ended, and asking stdio for each packet costs a system
    // call: the batch's whole packets are read once more instead.
    uint64_t bytes_behind_last_packet() {
        fseeko(file(), batch_start_, SEEK_SET);
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        for (size_t i = 0; i < views_.size(); ++i) pcap_next_ex(pcap_.get(), &header, &bytes);
        return static_cast<uint64_t>(std::max<off_t>(*file_size_ - ftello(file()), 0));
    }

    std::string path_;
    ReadBuffer buffer_;
    PcapHandle pcap_;
    LinkType link_;
    State state_ = State::kMore;
    std::optional<Error> error_;
    std::optional<off_t> file_size_;  // a regular file's
    off_t batch_start_ = 0;
    uint64_t packets_ = 0;
    uint64_t bytes_dropped_ = 0;
    uint64_t bytes_read_ = 0;
    std::vector<PacketView> views_;
    std::vector<uint8_t> arena_;
    size_t arena_used_ = 0;
};

// Standard input is duplicated: closing the source leaves descriptor 0 alone, and no buffered byte
// of one source is seen by the next.
FILE* open_file(const std::string& path) {
    if (path != "-") return std::fopen(path.c_str(), "rbe");
    Fd copy(::dup(STDIN_FILENO));
    FILE* file = copy ? ::fdopen(copy.get(), "rb") : nullptr;
    if (file) copy.release();
    return file;
}

std::string not_a_capture(const std::string& path, int first_byte, const std::string& reason) {
    constexpr int kGzip = 0x1f;
    if (first_byte == EOF) return path + ": empty, not a capture file";
    std::string text = path + ": not a capture that libpcap can read (" + reason + ")";
    if (first_byte == kGzip) text += "; it looks compressed by gzip: decompress it first";
    return text;
}

}  // namespace

Result<std::unique_ptr<CaptureSource>> open_pcap(const std::string& path, CaptureFilter*) {
    ReadBuffer buffer(new char[kReadBytes]);
    FileHandle file(open_file(path));
    if (!file) return system_error(path, errno);
    std::setvbuf(file.get(), buffer.get(), _IOFBF, kReadBytes);
    // One byte is all that can be put back into a pipe for certain, and enough.
    const int first_byte = std::getc(file.get());
    if (std::ferror(file.get())) return system_error(path, errno);
    std::ungetc(first_byte, file.get());

    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    PcapHandle pcap(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO,
                                                             reason.data()));
    if (!pcap) return Error{not_a_capture(path, first_byte, reason.data())};
    static_cast<void>(file.release());  // closed by libpcap

    const int dlt = pcap_datalink(pcap.get());
    const auto link = link_type_of(dlt);
    if (!link) {
        return Error{path + ": link type " + link_type_text(dlt) +
                     " is not supported; supported are " + kSupported};
    }
    return std::unique_ptr<CaptureSource>(
        std::make_unique<PcapSource>(path, std::move(buffer), std::move(pcap), *link));
}

}  // namespace peek
