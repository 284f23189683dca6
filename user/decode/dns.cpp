// SPDX-License-Identifier: BSD-2-Clause
#include "decode/dns.h"

#include <cstring>

#include "decode/bytes.h"

namespace peek {
namespace {

constexpr size_t kHeader = 12;
constexpr size_t kTypeAndClass = 4;
// Labels and pointers that may be read for each byte of the message. Without compression one is
// enough; four let thousands of questions share a name of 23 labels.
constexpr size_t kStepsPerByte = 4;

constexpr uint8_t kLabelTypeMask = 0xc0;
constexpr uint8_t kPointer = 0xc0;

void append_escaped(uint8_t byte, std::string& text) {
    if (byte == '.' || byte == '\\') text += '\\';
    if (byte > 0x20 && byte < 0x7f) {
        text += static_cast<char>(byte);
        return;
    }
    text += '\\';
    text += static_cast<char>('0' + byte / 100);
    text += static_cast<char>('0' + byte / 10 % 10);
    text += static_cast<char>('0' + byte % 10);
}

}  // namespace

std::string_view dns_event_name(DnsEvent event) {
    static constexpr std::array<std::string_view, static_cast<size_t>(DnsEvent::kCount)> kNames{
        "dns_none",
        "dns_header_truncated",
        "dns_question_truncated",
        "dns_name_too_long",
        "dns_bad_label_type",
        "dns_bad_pointer",
        "dns_compression_too_deep",
        "dns_message_incomplete",
        "dns_message_given_up",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

DnsQuery::DnsQuery(std::span<const uint8_t> message)
    : message_(message), at_(kHeader), steps_left_(message.size() * kStepsPerByte) {
    if (message.size() < kHeader) {
        event_ = DnsEvent::kHeaderTruncated;
        return;
    }
    is_query_ = (message[2] & 0x80) == 0;
    if (is_query_) questions_left_ = be16(message, 4);
}

bool DnsQuery::fail(DnsEvent event) {
    event_ = event;
    questions_left_ = 0;
    return false;
}

bool DnsQuery::next(DnsQuestion& question) {
    if (questions_left_ == 0) return false;
    if (!read_name(question)) return false;
    if (message_.size() - at_ < kTypeAndClass) return fail(DnsEvent::kQuestionTruncated);
    question.type = be16(message_, at_);
    question.qclass = be16(message_, at_ + 2);
    at_ += kTypeAndClass;
    --questions_left_;
    return true;
}

// Every pointer must lead to before the place that the one before it led to, or where the name
// begins: that alone rules out loops. steps_left_ keeps the work linear when many names share one.
bool DnsQuery::read_name(DnsQuestion& question) {
    size_t at = at_;
    size_t run_start = at;
    size_t len = 0;
    bool jumped = false;
    for (;;) {
        if (steps_left_ == 0) return fail(DnsEvent::kCompressionTooDeep);
        --steps_left_;
        if (at >= message_.size()) return fail(DnsEvent::kQuestionTruncated);
        const uint8_t head = message_[at];
        if ((head & kLabelTypeMask) == kPointer) {
            if (message_.size() - at < 2) return fail(DnsEvent::kQuestionTruncated);
            const size_t target = be16(message_, at) & 0x3fffU;
            if (target >= run_start) return fail(DnsEvent::kBadPointer);
            if (!jumped) at_ = at + 2;
            jumped = true;
            at = run_start = target;
            continue;
        }
        if ((head & kLabelTypeMask) != 0) return fail(DnsEvent::kBadLabelType);
        const size_t label_len = head + size_t{1};
        if (message_.size() - at < label_len) return fail(DnsEvent::kQuestionTruncated);
        if (len + label_len > DnsQuestion::kMaxName) return fail(DnsEvent::kNameTooLong);
        std::memcpy(question.name.data() + len, message_.data() + at, label_len);
        len += label_len;
        at += label_len;
        if (head == 0) break;
    }
    if (!jumped) at_ = at;
    question.name_len = static_cast<uint8_t>(len);
    return true;
}

std::string dns_name_text(std::string_view wire_name) {
    std::string text;
    for (size_t at = 0; at < wire_name.size() && wire_name[at] != 0;) {
        const size_t label_len = static_cast<uint8_t>(wire_name[at++]);
        if (!text.empty()) text += '.';
        for (const char c : wire_name.substr(at, label_len)) {
            append_escaped(static_cast<uint8_t>(c), text);
        }
        at += label_len;
    }
    return text.empty() ? "." : text;
}

}  // namespace peek
