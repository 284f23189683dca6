// SPDX-License-Identifier: BSD-2-Clause
#include "decode/dns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <vector>

namespace peek {

std::ostream& operator<<(std::ostream& out, DnsEvent event) {
    return out << dns_event_name(event);
}

namespace {

using Bytes = std::vector<uint8_t>;
using Names = std::vector<std::string>;

constexpr size_t kHeader = 12;

// A message as a sentence: Message(2).name({"www", "example"}).type(1).name(…)…
class Message {
  public:
    explicit Message(uint16_t qdcount, uint8_t flags = 0x01) : bytes_(kHeader) {
        bytes_[2] = flags;
        bytes_[4] = static_cast<uint8_t>(qdcount >> 8);
        bytes_[5] = static_cast<uint8_t>(qdcount);
    }
    Message& labels(const Names& labels) {
        for (const std::string& label : labels) {
            bytes_.push_back(static_cast<uint8_t>(label.size()));
            bytes_.insert(bytes_.end(), label.begin(), label.end());
        }
        return *this;
    }
    Message& root() { return raw({0}); }
    Message& name(const Names& names) { return labels(names).root(); }
    Message& pointer(size_t to) {
        return raw({static_cast<uint8_t>(0xc0 | to >> 8), static_cast<uint8_t>(to)});
    }
    Message& type(uint8_t type, uint8_t qclass = 1) { return raw({0, type, 0, qclass}); }
    Message& raw(const Bytes& bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    size_t size() const { return bytes_.size(); }
    operator Bytes() const { return bytes_; }

  private:
    Bytes bytes_;
};

struct Read {
    Names names;
    std::vector<int> types;
    DnsEvent event = DnsEvent::kNone;
};

// Copies, so that the message stands in memory of exactly its size.
Read read(const Bytes& message) {
    const Bytes exact(message.begin(), message.end());
    Read result;
    DnsQuery query(exact);
    for (DnsQuestion question; query.next(question);) {
        result.names.push_back(dns_name_text(question.wire_name()));
        result.types.push_back(question.type);
    }
    result.event = query.event();
    return result;
}

Bytes first(const Bytes& message, size_t size) {
    return {message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(DnsQuery, OneQuestion) {
    const Bytes message = Message(1).name({"www", "Example", "com"}).raw({0, 28, 0x80, 1});
    DnsQuery query(message);
    DnsQuestion question;
    EXPECT_TRUE(query.is_query());
    ASSERT_TRUE(query.next(question));
    EXPECT_EQ(question.wire_name(), std::string_view("\3www\7Example\3com\0", 17));
    EXPECT_EQ(question.type, 28);
    EXPECT_EQ(question.qclass, 0x8001);
    EXPECT_FALSE(query.next(question));
    EXPECT_FALSE(query.next(question));
    EXPECT_EQ(query.event(), DnsEvent::kNone);
}

TEST(DnsQuery, EveryQuestionIsRead) {
    const Read result =
        read(Message(3).name({"a"}).type(1).name({"b", "c"}).type(2).root().type(6));
    EXPECT_EQ(result.names, (Names{"a", "b.c", "."}));
    EXPECT_EQ(result.types, (std::vector<int>{1, 2, 6}));
    EXPECT_EQ(result.event, DnsEvent::kNone);
}

TEST(DnsQuery, BytesBehindTheQuestionsAreNotRead) {
    const Read result = read(Message(1).name({"a"}).type(1).name({"b"}).type(1));
    EXPECT_EQ(result.names, Names{"a"});
    EXPECT_EQ(result.event, DnsEvent::kNone);
}

TEST(DnsQuery, AResponseHasNoQuestions) {
    const Bytes message = Message(1, 0x80).name({"a"}).type(1);
    EXPECT_FALSE(DnsQuery(message).is_query());
    EXPECT_EQ(read(message).names, Names{});
    EXPECT_EQ(read(message).event, DnsEvent::kNone);
}

TEST(DnsQuery, EveryOpcodeIsAQuery) {
    for (int opcode = 0; opcode < 16; ++opcode) {
        const auto flags = static_cast<uint8_t>(opcode << 3);
        EXPECT_EQ(read(Message(1, flags).name({"a"}).type(1)).names, Names{"a"});
    }
}

TEST(DnsQuery, EveryTruncationIsNamed) {
    const Bytes whole = Message(2).name({"a"}).type(1).name({"bcd", "ef"}).type(1);
    const size_t second_question = kHeader + 3 + 4;
    for (size_t size = 0; size < whole.size(); ++size) {
        SCOPED_TRACE(size);
        const Read result = read(first(whole, size));
        EXPECT_EQ(result.names, size < second_question ? Names{} : Names{"a"});
        EXPECT_EQ(result.event,
                  size < kHeader ? DnsEvent::kHeaderTruncated : DnsEvent::kQuestionTruncated);
    }
    EXPECT_EQ(read(whole).names, (Names{"a", "bcd.ef"}));
}

TEST(DnsQuery, CutPointerIsATruncatedQuestion) {
    const Bytes message = Message(2).name({"a"}).type(1).pointer(kHeader);
    EXPECT_EQ(read(first(message, message.size() - 1)).event, DnsEvent::kQuestionTruncated);
}

TEST(DnsQuery, APointerBehindEveryLabelIsFollowed) {
    // The first question's one label holds the chain, last label first, so that each pointer leads
    // backwards.
    std::string chain(1, '\0');
    size_t previous = kHeader + 1;
    for (int i = 0; i < 15; ++i) {
        const size_t link = kHeader + 1 + chain.size();
        chain += {'\1', 'x', '\xc0', static_cast<char>(previous)};
        previous = link;
    }
    const Read result = read(Message(2).name({chain}).type(1).pointer(previous).type(1));
    ASSERT_EQ(result.names.size(), 2U);
    EXPECT_EQ(result.names[1], "x.x.x.x.x.x.x.x.x.x.x.x.x.x.x");
}

TEST(DnsQuery, CompressionThatMultipliesWorkIsRefused) {
    // One name of 127 labels, then thousands of two-byte pointers to it: 6 bytes that cost 128.
    Message message(2000);
    message.name(Names(127, "a")).type(1);
    for (int i = 1; i < 2000; ++i) message.pointer(kHeader).type(1);
    const Read result = read(message);
    EXPECT_EQ(result.event, DnsEvent::kCompressionTooDeep);
    EXPECT_EQ(result.names.size(), 1 + (4 * message.size() - 128) / 129);
}

TEST(DnsQuery, EveryFlippedBitKeepsNamesValid) {
    Message message(3);
    message.name({"www", "example", "com"}).type(1);
    const Bytes whole =
        message.labels({"mail"}).pointer(kHeader + 4).type(15).pointer(kHeader).type(28);
    for (size_t at = 0; at < whole.size() * 8; ++at) {
        SCOPED_TRACE(at);
        Bytes flipped(whole.begin(), whole.end());
        flipped[at / 8] = static_cast<uint8_t>(flipped[at / 8] ^ (1U << (at % 8)));
        DnsQuery query(flipped);
        for (DnsQuestion question; query.next(question);) {
            ASSERT_GE(question.name_len, 1);
            EXPECT_EQ(question.wire_name().back(), '\0');
        }
    }
}

TEST(DnsNameText, EscapesWhatWouldReadAsSomethingElse) {
    EXPECT_EQ(dns_name_text(std::string_view("\0", 1)), ".");
    EXPECT_EQ(dns_name_text(std::string_view("\3WwW\2de\0", 8)), "WwW.de");
    EXPECT_EQ(dns_name_text(std::string_view("\3a.b\3c\\d\0", 9)), "a\\.b.c\\\\d");
    EXPECT_EQ(dns_name_text(std::string_view("\5 \0\x7f\xff~\0", 7)), "\\032\\000\\127\\255~");
}

TEST(DnsEventNames, AreDistinct) {
    std::set<std::string_view> names;
    for (uint8_t i = 0; i < static_cast<uint8_t>(DnsEvent::kCount); ++i) {
        names.insert(dns_event_name(static_cast<DnsEvent>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<size_t>(DnsEvent::kCount));
    EXPECT_EQ(dns_event_name(DnsEvent::kMessageIncomplete), "dns_message_incomplete");
}

}  // namespace
}  // namespace peek
