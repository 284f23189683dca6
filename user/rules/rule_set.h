// SPDX-License-Identifier: BSD-2-Clause
// Rule sets: what one rule file compiles to. A set is immutable: many threads may match against
// it while the next one is built aside. It is compiled from bytes, never from a path, so that the
// caller decides where rules come from.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/family.h"
#include "util/result.h"
#include "util/time.h"

namespace peek {

// Index of a rule in its set, in file order: the lowest of several that match names the record.
using RuleId = uint32_t;
inline constexpr RuleId kNoRule = UINT32_MAX;

struct BadLine {
    uint64_t line;  // 1-based
    std::string reason;
};

// What a person is told about compiling one file, whether it succeeded or not.
struct CompileReport {
    static constexpr size_t kMaxBadLines = 100;
    std::vector<BadLine> bad_lines;  // the first kMaxBadLines of them
    uint64_t bad_total = 0;
    std::vector<std::string> warnings;  // whole sentences that begin with the file's name
};

// What all families share: where each rule came from.
class RuleSet {
  public:
    virtual ~RuleSet() = default;

    RuleList list() const { return list_; }
    const std::string& file() const { return file_; }  // as the user wrote it
    uint32_t size() const { return static_cast<uint32_t>(lines_.size()); }
    // The rule as written, without comment and line end; valid as long as the set.
    std::string_view text(RuleId id) const;
    uint64_t line(RuleId id) const { return lines_[id]; }
    // SHA-256 of the file's bytes, lower-case hex: what `sha256sum FILE` prints.
    const std::string& sha256() const { return sha256_; }
    // Bytes of user-space memory the set holds, within a few per cent.
    virtual uint64_t memory_bytes() const;

  protected:
    RuleSet(RuleList list, std::string file) : list_(list), file_(std::move(file)) {}
    // Room for so many rules with so many bytes of text. Only while compiling.
    void reserve_rules(size_t rules, size_t text_bytes);
    // Appends a rule and returns its id. Only while compiling.
    RuleId add_rule(std::string_view text, uint64_t line);
    // Drops the rules that new_ids gives kNoRule, and writes the id that each other one has now.
    // Only while compiling.
    void drop_rules(std::vector<RuleId>& new_ids);
    void set_sha256(std::string hex) { sha256_ = std::move(hex); }

  private:
    RuleList list_;
    std::string file_;
    std::string sha256_;
    std::string text_;  // every rule's text, one behind the other
    // Of 32 bits each: read_rule_file() takes a gigabyte at most.
    std::vector<uint32_t> text_end_;  // text_[text_end_[i-1] … text_end_[i]) is rule i
    std::vector<uint32_t> lines_;
};

class IpRules;      // rules/ip_rules.h: addresses and networks, and the kernel's map image
class DomainRules;  // rules/domain_rules.h
class StringRules;  // rules/string_rules.h: URL strings and signatures

// Scan thresholds. Part of the rule sets because they decide what is recorded.
struct ScanRule {
    uint32_t ports = 20;                            // N: distinct destination ports, 2 … 64
    Nanoseconds window = std::chrono::seconds(60);  // W: packet time, > 0
};

// Everything a packet is judged by. A value: copying shares the sets. A null pointer (or an empty
// `scan`) means that the family is off; an empty file compiles to a null pointer.
struct RuleSets {
    uint32_t generation = 0;
    std::shared_ptr<const IpRules> ip;
    std::shared_ptr<const DomainRules> domain;
    std::shared_ptr<const StringRules> url;
    std::shared_ptr<const StringRules> signature;
    std::optional<ScanRule> scan;
    std::shared_ptr<const IpRules> ignore;       // packets from or to these are clean
    std::shared_ptr<const IpRules> scan_ignore;  // probes from or to these are not counted
    std::vector<uint16_t> dns_ports{53};         // at most PEEK_MAX_DNS_PORTS

    FamilyMask families() const;
    // A set as its base class, or null. kScan has none.
    const RuleSet* set(RuleList list) const;
    const RuleSet* set(Family family) const;
};

// One rule file's bytes and the name to report it by.
struct RuleFile {
    RuleList list;
    std::string name;
    std::string bytes;
};

// Compiles one file into `sets`, replacing that list's set. On bad lines returns a kUsage error
// whose text is one "FILE:LINE: what is wrong" a line (the first 100, then the total), and leaves
// `sets` as it was. `report` receives warnings in either case.
Result<void> compile_rules(const RuleFile& file, RuleSets& sets, CompileReport& report);

// Memory that compiling the file takes while it lasts, its bytes not counted: what the set will
// hold and what is given back. Somewhat more rather than less.
uint64_t compile_bytes(const RuleFile& file);

// Reads a whole file. `path` is only for messages.
Result<std::string> read_rule_file(int fd, const std::string& path);

}  // namespace peek
