// SPDX-License-Identifier: BSD-2-Clause
#include "source/buffered_input.h"

#include <algorithm>
#include <cstring>

namespace peek {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

}  // namespace

BufferedInput::BufferedInput(std::unique_ptr<ByteReader> reader)
    : reader_(std::move(reader)), buffer_(kBufferBytes) {}

void BufferedInput::advance(size_t used, size_t want) {
    begin_ += used;
    position_ += used;
    if (end_ - begin_ < want && !ended_) make_room(want);
    while (end_ - begin_ < want && !ended_) read_more();
    window_ = {buffer_.data() + begin_, end_ - begin_};
}

void BufferedInput::make_room(size_t want) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() < want) buffer_.resize(want);
}

void BufferedInput::read_more() {
    auto count = reader_->read(std::span(buffer_).subspan(end_));
    if (!count) error_ = count.error();
    ended_ = !count || *count == 0;
    if (!ended_) end_ += *count;
}

}  // namespace peek
