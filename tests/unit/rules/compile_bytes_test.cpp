// SPDX-License-Identifier: BSD-2-Clause
// That compiling a list takes no more memory than is said before, and not much less. Every
// allocation of this program is counted.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>
#include <string>

#include "rules/rule_set.h"

namespace {

std::atomic<uint64_t> held{0};
std::atomic<uint64_t> most{0};

void* counted(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    const uint64_t now = held += ::malloc_usable_size(memory);
    if (now > most) most = now;
    return memory;
}

void uncount(void* memory) {
    if (memory != nullptr) held -= ::malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

void* operator new(size_t size) {
    return counted(std::malloc(size));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
    void* memory = std::malloc(size);
    return memory == nullptr ? nullptr : counted(memory);
}
void operator delete(void* memory) noexcept {
    uncount(memory);
}
void operator delete(void* memory, size_t) noexcept {
    uncount(memory);
}

namespace peek {
namespace {

std::string lines(unsigned count, const std::string& before, const std::string& after) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) text += before + std::to_string(i) + after + "\n";
    return text;
}

std::string addresses(unsigned count, const std::string& end) {
    std::string text;
    for (unsigned i = 0; i < count; ++i)
        text += "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                std::to_string(i & 255) + end + "\n";
    return text;
}

std::string networks6(unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i)
        text +=
            "2001:db8:" + std::to_string(i / 10'000) + ":" + std::to_string(i % 10'000) + "::/64\n";
    return text;
}

// No two alike, and nothing in them is.
std::string noise(unsigned count, unsigned length) {
    std::mt19937 random(1);
    std::string text;
    for (unsigned i = 0; i < count * length; ++i) {
        text += static_cast<char>('$' + random() % 50);
        if (i % length == length - 1) text += '\n';
    }
    return text;
}

void expect_foretold(RuleList list, std::string text) {
    const RuleFile file{list, "rules.cfg", std::move(text)};
    RuleSets sets;
    CompileReport report;
    const uint64_t before = held;
    most = before;
    ASSERT_TRUE(compile_rules(file, sets, report));
    const uint64_t took = most - before;
    EXPECT_GE(compile_bytes(file), took);
    EXPECT_LE(compile_bytes(file), 3 * took);
    EXPECT_GE(took, sets.set(list)->memory_bytes());
}

TEST(CompileBytes, AreThoseOfDomains) {
    expect_foretold(RuleList::kDomain, lines(100'000, "host", ".some.example"));
    expect_foretold(RuleList::kDomain, lines(131'073, "a", ".b"));
}

TEST(CompileBytes, AreThoseOfAddressesAndNetworks) {
    expect_foretold(RuleList::kIp, addresses(100'000, ""));
    expect_foretold(RuleList::kIp, addresses(131'073, "/31 # a network"));
    expect_foretold(RuleList::kIp, networks6(131'073));
    expect_foretold(RuleList::kScanIgnore, networks6(40'000));
}

TEST(CompileBytes, AreThoseOfStrings) {
    expect_foretold(RuleList::kSignature, lines(3'000, "signature ", ""));
    expect_foretold(RuleList::kUrl, lines(3'000, "host", ".example/path/to/a/file?with=a&query"));
    expect_foretold(RuleList::kSignature, lines(131'073, "signature ", ""));
    expect_foretold(RuleList::kSignature, noise(3'000, 20));
    expect_foretold(RuleList::kSignature, noise(200, 3'000));
}

}  // namespace
}  // namespace peek
