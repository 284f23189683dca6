// SPDX-License-Identifier: BSD-2-Clause
#include "source/joined_source.h"

#include <limits>

namespace peek {
namespace {

constexpr uint32_t kNotMapped = std::numeric_limits<uint32_t>::max();

void add(const CaptureSource::LeftOut& more, CaptureSource::LeftOut& sum) {
    sum.unselected += more.unselected;
    for (const auto& [link, packets] : more.unsupported) sum.unsupported[link] += packets;
}

}  // namespace

JoinedSource::JoinedSource(std::vector<std::string> paths, CaptureFilter* filter,
                           std::function<void(const Error&)> on_problem)
    : paths_(std::move(paths)), filter_(filter), on_problem_(std::move(on_problem)) {}

PacketSource::Batch JoinedSource::next() {
    views_.clear();
    if (ended_) close();
    if (!current_ && !open_next()) return {views_, problems_ ? State::kFailed : State::kEnd};
    const Batch batch = current_->next();
    for (const PacketView& packet : batch.packets) take(packet);
    stable_ = current_->stable();
    // The file is closed in the next call, when all its packets have been looked at: the next one
    // may be a pipe, which keeps us waiting.
    ended_ = batch.state == State::kEnd || batch.state == State::kFailed;
    return {views_, ended_ || batch.state == State::kIdle ? State::kIdle : State::kMore};
}

bool JoinedSource::open_next() {
    while (opened_ < paths_.size()) {
        auto source = open_pcap(paths_[opened_++], filter_);
        if (source) {
            current_ = std::move(*source);
            interface_map_.clear();
            return true;
        }
        problems_ = true;
        on_problem_(source.error());
    }
    return false;
}

void JoinedSource::close() {
    ended_ = false;
    const bool told = current_->error().has_value();
    if (told) {
        problems_ = true;
        on_problem_(*current_->error());
    }
    packets_ += current_->packets_read();
    bytes_ += current_->bytes_read();
    bytes_dropped_ += current_->bytes_dropped();
    add(current_->left_out(), left_out_);
    if (current_->stable()) kept_.push_back({std::move(current_), told});
    current_.reset();
}

const std::optional<Error>& JoinedSource::error() const {
    for (const Kept& kept : kept_)
        if (!kept.told && kept.source->error()) return kept.source->error();
    return no_error_;
}

void JoinedSource::take(const PacketView& packet) {
    PacketView& view = views_.emplace_back(packet);
    view.ordinal += packets_;
    view.interface = interface_of(packet.interface);
}

uint32_t JoinedSource::interface_of(uint32_t index) {
    if (interface_map_.size() <= index) interface_map_.resize(index + 1, kNotMapped);
    uint32_t& ours = interface_map_[index];
    if (ours == kNotMapped) {
        const std::lock_guard lock(interfaces_mutex_);
        ours = static_cast<uint32_t>(interfaces_.size());
        interfaces_.push_back(std::make_unique<const Interface>(
            Interface{opened_ - 1, packets_, std::string(current_->captured_on(index))}));
    }
    return ours;
}

const JoinedSource::Interface* JoinedSource::find(uint32_t interface) const {
    const std::lock_guard lock(interfaces_mutex_);
    return interface < interfaces_.size() ? interfaces_[interface].get() : nullptr;
}

std::string_view JoinedSource::captured_on(uint32_t index) const {
    const Interface* interface = find(index);
    return interface != nullptr ? std::string_view(interface->captured_on) : std::string_view{};
}

std::string_view JoinedSource::file_name(uint32_t interface) const {
    const Interface* found = find(interface);
    return found != nullptr ? std::string_view(paths_[found->file]) : std::string_view{};
}

uint64_t JoinedSource::ordinals_before(uint32_t interface) const {
    const Interface* found = find(interface);
    return found != nullptr ? found->ordinals_before : 0;
}

uint64_t JoinedSource::packets_read() const {
    return packets_ + (current_ ? current_->packets_read() : 0);
}

uint64_t JoinedSource::bytes_read() const {
    return bytes_ + (current_ ? current_->bytes_read() : 0);
}

uint64_t JoinedSource::bytes_dropped() const {
    return bytes_dropped_ + (current_ ? current_->bytes_dropped() : 0);
}

CaptureSource::LeftOut JoinedSource::left_out() const {
    LeftOut sum = left_out_;
    if (current_) add(current_->left_out(), sum);
    return sum;
}

}  // namespace peek
