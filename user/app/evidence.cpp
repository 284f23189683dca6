// SPDX-License-Identifier: BSD-2-Clause
#include "app/evidence.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "decode/decode.h"
#include "sink/escape.h"
#include "source/link_number.h"

namespace peek {

namespace {

constexpr size_t kNoteOverhead = 160;  // of a note beside its text, which is kept twice
constexpr size_t kPairBytes = 80;      // of a scan's pair

Result<void> check_apart(const std::string& path, const std::vector<std::string>& inputs) {
    struct stat out {};
    struct stat in {};
    if (::stat(path.c_str(), &out) != 0) return {};
    for (const std::string& input : inputs)
        if (::stat(input.c_str(), &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return usage_error("-w " + path + ": this file is read as " + input +
                               "; name another one");
    return {};
}

Result<void> check_readable_twice(const std::vector<std::string>& captures) {
    struct stat in {};
    for (const std::string& capture : captures) {
        if (capture == "-")
            return usage_error(
                "-w reads its input twice, and standard input cannot be: save it to a file first");
        if (::stat(capture.c_str(), &in) != 0) continue;  // reported when it is opened
        if (!S_ISREG(in.st_mode))
            return usage_error("-w reads its input twice, and " + capture +
                               " is no regular file: save it to one first");
    }
    return {};
}

// A mode as for any new file: mkostemp() makes private ones.
void use_default_mode(int fd) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd, 0666 & ~mask);
}

std::string note_text(const Record& record) {
    const std::string where =
        record.rule_file.empty()
            ? ""
            : fmt::format(" ({}:{})", escape_terminal(record.rule_file), record.rule_line);
    return fmt::format("{}, rule {}{}, Community ID {}", traffic_type(record.type),
                       escape_terminal(record.rule), where,
                       record.community_id.empty() ? "-" : record.community_id);
}

bool is_probe(const Packet& packet) {
    constexpr uint8_t kSyn = 0x02;
    constexpr uint8_t kAck = 0x10;
    return packet.transport == Transport::kTcp && (packet.tcp_flags & (kSyn | kAck)) == kSyn;
}

}  // namespace

Result<std::unique_ptr<Evidence>> Evidence::create(const std::string& path,
                                                   const std::vector<std::string>& captures,
                                                   const std::vector<std::string>& inputs,
                                                   size_t max_mark_bytes) {
    if (auto apart = check_apart(path, inputs); !apart) return apart.error();
    if (auto twice = check_readable_twice(captures); !twice) return twice.error();
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return system_error("-w " + path, EISDIR);
    if (exists && ::access(path.c_str(), W_OK) != 0) return system_error("-w " + path, errno);
    if (exists && !S_ISREG(status.st_mode)) {  // a device or a pipe keeps its place
        Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        if (!fd) return system_error("-w " + path, errno);
        return std::unique_ptr<Evidence>(new Evidence(path, "", std::move(fd), max_mark_bytes));
    }
    std::string draft = path + ".XXXXXX";
    Fd fd(::mkostemp(draft.data(), O_CLOEXEC));
    if (!fd) return system_error("-w " + path, errno);
    use_default_mode(fd.get());
    return std::unique_ptr<Evidence>(
        new Evidence(path, std::move(draft), std::move(fd), max_mark_bytes));
}

Evidence::Evidence(std::string path, std::string draft, Fd fd, size_t max_mark_bytes)
    : path_(std::move(path)),
      draft_(std::move(draft)),
      fd_(std::move(fd)),
      writer_(fd_.get(), "peek-xdp"),
      max_mark_bytes_(max_mark_bytes) {
    forget();
}

Evidence::~Evidence() {
    if (!draft_.empty()) ::unlink(draft_.c_str());
}

Evidence::Pair Evidence::pair_of(const IpAddress& src, const IpAddress& dst) {
    Pair pair{};
    std::copy_n(src.bytes16().begin(), 16, pair.begin());
    std::copy_n(dst.bytes16().begin(), 16, pair.begin() + 16);
    return pair;
}

void Evidence::add(const Record& record) {
    if (mark_bytes_ > max_mark_bytes_) {
        ++beyond_bound_;
        return;
    }
    const std::string text = note_text(record);
    marks_.emplace_back(record.packet.ordinal, note(text));
    if (!record.needs.empty()) {
        const uint32_t needed = note("needed for " + text);
        for (const uint64_t ordinal : record.needs) marks_.emplace_back(ordinal, needed);
    }
    mark_bytes_ += sizeof(Mark) * (1 + record.needs.size());
    if (record.type != Family::kScan) return;
    if (scans_.insert(pair_of(record.packet.src, record.packet.dst)).second)
        mark_bytes_ += kPairBytes;
}

uint32_t Evidence::note(const std::string& text) {
    const auto [place, is_new] = note_index_.emplace(text, static_cast<uint32_t>(notes_.size()));
    if (is_new) {
        notes_.push_back(text);
        mark_bytes_ += 2 * text.size() + kNoteOverhead;
    }
    return place->second;
}

bool Evidence::belongs_to_scan(const PacketView& view) {
    if (scans_.empty()) return false;
    decode(view, packet_);
    if (!packet_.fragment && !is_probe(packet_)) return false;
    for (size_t i = 0; i < packet_.ip_count; ++i)
        if (scans_.contains(pair_of(packet_.ip[i].src, packet_.ip[i].dst))) return true;
    return false;
}

Result<void> Evidence::write(PacketSource& again, bool whole) {
    if (marks_.empty()) return {};
    std::sort(marks_.begin(), marks_.end());
    marks_.erase(std::unique(marks_.begin(), marks_.end()), marks_.end());
    const uint64_t last = whole && !scans_.empty() ? UINT64_MAX : marks_.back().first;
    next_mark_ = 0;
    PacketSource::Batch batch;
    bool reached = false;
    do {
        batch = again.next();
        for (const PacketView& view : batch.packets) {
            reached = view.ordinal > last;
            if (reached) break;
            take(view, again);
        }
    } while (batch.state == PacketSource::State::kMore && !reached && writer_.errnum() == 0);
    const bool all_found = next_mark_ == marks_.size();
    forget();
    if (auto good = written(writer_.errnum()); !good) return good.error();
    if (!all_found)
        return Error{"-w " + path_ +
                     ": the input changed between its two readings; packets are "
                     "missing"};
    return {};
}

void Evidence::take(const PacketView& view, const PacketSource& source) {
    comments_.clear();
    for (; next_mark_ < marks_.size() && marks_[next_mark_].first == view.ordinal; ++next_mark_)
        comments_.push_back(notes_[marks_[next_mark_].second]);
    if (comments_.empty()) {
        if (!belongs_to_scan(view)) return;
        comments_.emplace_back("part of a PORT_SCAN");
    }
    writer_.add({.interface = interface_of(view, source),
                 .time = view.time,
                 .wire_len = view.wire_len,
                 .bytes = view.bytes,
                 .comments = comments_});
    ++packets_;
}

uint32_t Evidence::interface_of(const PacketView& view, const PacketSource& source) {
    const auto key = std::make_pair(view.interface, view.link);
    const auto found = interfaces_.find(key);
    if (found != interfaces_.end()) return found->second;
    const uint32_t id = writer_.add_interface(link_number(view.link),
                                              escape_terminal(source.captured_on(view.interface)),
                                              escape_terminal(source.file_name(view.interface)));
    interfaces_.emplace(key, id);
    return id;
}

Result<void> Evidence::written(int errnum) const {
    if (errnum == 0) return {};
    return system_error("-w " + path_, errnum);
}

Result<void> Evidence::finish() {
    // Without any interface it would be no file that libpcap reads.
    if (packets_ == 0) writer_.add_interface(link_number(LinkType::kEthernet), {}, {});
    if (auto good = written(writer_.finish()); !good) return good.error();
    // What a network file system only says at the end.
    if (::close(fd_.release()) != 0) return system_error("-w " + path_, errno);
    if (draft_.empty()) return {};
    if (std::rename(draft_.c_str(), path_.c_str()) != 0) return system_error("-w " + path_, errno);
    draft_.clear();
    return {};
}

void Evidence::forget() {
    marks_.clear();
    notes_.clear();
    note_index_.clear();
    scans_.clear();
    interfaces_.clear();
    mark_bytes_ = 0;
}

}  // namespace peek
