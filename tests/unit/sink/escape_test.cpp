// SPDX-License-Identifier: BSD-2-Clause
#include "sink/escape.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace peek {
namespace {

std::string json(std::string_view bytes) {
    std::string out;
    append_json_string(out, bytes);
    return out;
}

std::string all_bytes() {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
}

TEST(EscapeField, KeepsPrintableAsciiButTheBackslash) {
    EXPECT_EQ(escape_field("a.example/?x=\"1\"~!"), "a.example/?x=\"1\"~!");
    EXPECT_EQ(escape_field("a\\x20b"), "a\\x5cx20b");
}

TEST(EscapeField, EscapesSpacesControlsAndHighBytes) {
    EXPECT_EQ(escape_field(" \t\r\n"), "\\x20\\x09\\x0d\\x0a");
    EXPECT_EQ(escape_field(std::string_view("\0\x7f\x80\xff", 4)), "\\x00\\x7f\\x80\\xff");
}

TEST(EscapeField, EveryByteComesOutPrintableAndWithoutSpace) {
    for (const char c : escape_field(all_bytes())) {
        EXPECT_GE(c, 0x21);
        EXPECT_LE(c, 0x7e);
    }
}

TEST(EscapeTerminal, LetsNoControlCharacterThrough) {
    EXPECT_EQ(escape_terminal("\x1b[2Jhello world\a"), "\\x1b[2Jhello world\\x07");
    EXPECT_EQ(escape_terminal("\xc2\x9b"), "\\xc2\\x9b");
    for (const char c : escape_terminal(all_bytes())) {
        EXPECT_GE(c, 0x20);
        EXPECT_LE(c, 0x7e);
    }
}

TEST(JsonString, QuotesAndEscapesWhatJsonRequires) {
    EXPECT_EQ(json("plain"), R"("plain")");
    EXPECT_EQ(json(R"(a"b\c)"), R"("a\"b\\c")");
    EXPECT_EQ(json(std::string_view("\0\x1f\n", 3)), R"("\u0000\u001f\u000a")");
}

TEST(JsonString, EscapesControlsThatJsonWouldAllow) {
    EXPECT_EQ(json("\x7f"), R"("\u007f")");
    EXPECT_EQ(json("\xc2\x80\xc2\x9f\xc2\xa0"), "\"\\u0080\\u009f\xc2\xa0\"");
}

TEST(JsonString, KeepsValidUtf8) {
    const std::string text = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf \xf4\x8f\xbf\xbf";
    EXPECT_EQ(json(text), '"' + text + '"');
}

TEST(JsonString, WritesBytesThatAreNotUtf8AsHex) {
    EXPECT_EQ(json("a\xff"
                   "b"),
              R"("a\\xffb")");
    EXPECT_EQ(json("\x80"), R"("\\x80")");                             // no lead byte
    EXPECT_EQ(json("\xc3"), R"("\\xc3")");                             // cut off
    EXPECT_EQ(json("\xe2\x82"), R"("\\xe2\\x82")");                    // cut off
    EXPECT_EQ(json("\xc0\xaf"), R"("\\xc0\\xaf")");                    // overlong
    EXPECT_EQ(json("\xe0\x80\xaf"), R"("\\xe0\\x80\\xaf")");           // overlong
    EXPECT_EQ(json("\xed\xa0\x80"), R"("\\xed\\xa0\\x80")");           // a surrogate
    EXPECT_EQ(json("\xf4\x90\x80\x80"), R"("\\xf4\\x90\\x80\\x80")");  // over U+10FFFF
    EXPECT_EQ(json("\xc3("), R"("\\xc3(")");                           // no continuation
}

TEST(JsonString, WhateverTheBytesAParserTakesIt) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        EXPECT_TRUE(nlohmann::json::accept(json(bytes)));
    }
}

}  // namespace
}  // namespace peek
