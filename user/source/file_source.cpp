// SPDX-License-Identifier: BSD-2-Clause
#include "source/file_source.h"

#include "source/link_types.h"

namespace peek {
namespace {

constexpr size_t kBatchPackets = 256;
// A filter that selects nothing must not keep the caller from looking up now and then.
constexpr size_t kBatchSteps = 4096;

// The head of a record and of its packet. Where a record is, the one before it tells; that one
// after the next is as far ahead as this one is long is a guess that holds for most bulk traffic,
// and lets the memory be asked in advance.
void prefetch_record(std::span<const uint8_t> next, size_t size) {
    constexpr size_t kCacheLine = 64;
    if (next.size() <= size + kCacheLine) return;
    __builtin_prefetch(&next[size]);
    __builtin_prefetch(&next[size + kCacheLine]);
}

}  // namespace

FileSource::FileSource(std::string path, std::unique_ptr<ByteInput> input,
                       std::unique_ptr<CaptureFormat> format, CaptureFilter* filter)
    : path_(std::move(path)),
      input_(std::move(input)),
      format_(std::move(format)),
      filter_(filter) {
    views_.reserve(kBatchPackets + 1);
}

PacketSource::Batch FileSource::next() {
    views_.clear();
    if (state_ != State::kMore) return {views_, state_};
    input_->advance(at_, 0);
    at_ = 0;
    read_batch();
    if (input_->lost_from() != nullptr) drop_what_was_lost();
    return {views_, state_of_batch()};
}

// The caller may want to finish what it has before it asks for what may be long in coming.
PacketSource::State FileSource::state_of_batch() const {
    const bool idle = state_ == State::kMore && ran_out_ && input_->may_wait();
    return idle ? State::kIdle : state_;
}

void FileSource::read_batch() {
    ran_out_ = false;
    for (size_t steps = 0; steps < kBatchSteps && views_.size() < kBatchPackets; ++steps) {
        PacketView& packet = views_.emplace_back();
        const auto [kind, size] = format_->step(input_->window().subspan(at_), packet);
        if (kind != CaptureFormat::Kind::kPacket || !takes(packet)) views_.pop_back();
        switch (kind) {
            case CaptureFormat::Kind::kMore:
                ran_out_ = !views_.empty();
                if (ran_out_ || !wait_for(size)) return;
                break;
            case CaptureFormat::Kind::kOther:
                at_ += size;
                meet_interfaces();
                break;
            case CaptureFormat::Kind::kPacket:
                at_ += size;
                prefetch_record(input_->window().subspan(at_), size);
                break;
            case CaptureFormat::Kind::kBroken:
                return fail("unreadable", format_->complaint());
        }
        if (state_ != State::kMore) return;
    }
}

// What was not there yet may move what is: never while views point at it.
bool FileSource::wait_for(size_t size) {
    input_->advance(at_, size);
    at_ = 0;
    if (input_->window().size() >= size) return true;
    end();
    return false;
}

void FileSource::meet_interfaces() {
    const auto& interfaces = format_->interfaces();
    while (names_.size() < interfaces.size()) {
        const CaptureFormat::Interface& interface = interfaces[names_.size()];
        const std::lock_guard lock(names_mutex_);
        names_.push_back(interface.name);
        if (!interface.link || filter_ == nullptr) continue;
        if (auto fits = filter_->prepare(interface.link_number); !fits)
            return fail("given up", fits.error().text + " (link type " +
                                        link_type_text(interface.link_number) + ")");
    }
}

bool FileSource::takes(PacketView& packet) {
    packet.ordinal = ++packets_;
    const CaptureFormat::Interface& interface = format_->interfaces()[packet.interface];
    if (!interface.link) {
        ++left_out_.unsupported[link_type_text(interface.link_number)];
        return false;
    }
    if (filter_ == nullptr || filter_->selects(interface.link_number, packet)) return true;
    ++left_out_.unselected;
    return false;
}

void FileSource::end() {
    const size_t rest = input_->window().size();
    if (input_->error()) return fail("unreadable", input_->error()->text);
    if (rest != 0)
        return fail("cut off", "the last " + std::to_string(rest) +
                                   (rest == 1 ? " byte is" : " bytes are") + " no whole packet");
    state_ = State::kEnd;
    uint64_t unsupported = 0;
    for (const auto& [link, count] : left_out_.unsupported) unsupported += count;
    if (unsupported == 0 || unsupported < packets_) return;
    error_ = Error{path_ + ": " + unsupported_link_text(left_out_.unsupported.begin()->first)};
    state_ = State::kFailed;
}

void FileSource::fail(const std::string& how, const std::string& reason) {
    error_ = Error{path_ + ": " + how + after_packets() + reason};
    bytes_dropped_ = input_->window().size() - at_;
    state_ = State::kFailed;
}

std::string FileSource::after_packets() const {
    return " after " + std::to_string(packets_) + (packets_ == 1 ? " packet: " : " packets: ");
}

void FileSource::drop_what_was_lost() {
    const uint8_t* lost = input_->lost_from();
    while (!views_.empty()) {
        const PacketView& last = views_.back();
        if (last.bytes.data() + last.bytes.size() <= lost) break;
        packets_ = last.ordinal - 1;
        views_.pop_back();
    }
    fail("cut off", "it was cut, or could not be read, while it was inspected");
}

// What workers still looked at when the last batch was handed out may have been lost since.
const std::optional<Error>& FileSource::error() const {
    if (!error_ && input_->lost_from() != nullptr)
        error_ = Error{path_ + ": cut off" + after_packets() +
                       "it was cut, or could not be read, while it was inspected"};
    return error_;
}

std::string_view FileSource::captured_on(uint32_t index) const {
    const std::lock_guard lock(names_mutex_);
    return index < names_.size() ? names_[index] : std::string_view{};
}

}  // namespace peek
