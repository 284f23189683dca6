// SPDX-License-Identifier: BSD-2-Clause
#include "rules/ip_rules.h"

#include <algorithm>

#include "rules/hash_seed.h"
#include "rules/ip_parse.h"
#include "rules/rule_reader.h"

namespace peek {

namespace {

// One pass over the file: entries by version, in file order.
struct IpFile {
    std::vector<IpTable<Ipv4>::Entry> v4;
    std::vector<IpTable<Ipv6>::Entry> v6;
    Tally masked;
    Tally everything;

    template <typename Version>
    void add(std::vector<typename IpTable<Version>::Entry>& entries, typename Version::Bits address,
             unsigned length, RuleId id, uint64_t line) {
        const auto prefix = Version::mask(address, length);
        if (prefix != address) masked.add(line);
        if (length == 0) everything.add(line);
        entries.push_back({prefix, length, id});
    }
    void add(const IpNetwork& network, RuleId id, uint64_t line) {
        const Ipv6::Bits bits = Ipv6::to_bits(network.address);
        if (network.is_v4()) {
            add<Ipv4>(v4, static_cast<uint32_t>(bits.low), network.length - 96U, id, line);
        } else {
            add<Ipv6>(v6, bits, network.length, id, line);
        }
    }
};

std::string_view without_comment(std::string_view line) {
    const auto ends = [](char c) { return c == '#' || c == ';' || is_white(c); };
    return {line.begin(), std::find_if(line.begin(), line.end(), ends)};
}

// Each rule gets the id that add_rule(text, line) returns.
template <typename AddRule>
void parse_lines(RuleReader& reader, IpFile& file, AddRule add_rule) {
    while (reader.next()) {
        const std::string_view text = without_comment(reader.trimmed_line());
        if (text.empty()) continue;
        const std::optional<IpNetwork> network = parse_ip_rule(text);
        if (!network) {
            reader.bad(explain_bad_ip_rule(text));
        } else if (reader.admit_rule()) {
            file.add(*network, add_rule(text, reader.number()), reader.number());
        }
    }
    reader.warn(file.masked, "host bits were masked in %.");
    reader.warn(file.everything, "every address of its IP version is covered by %: /0.");
}

void set_bit(std::span<uint64_t> words, uint32_t bit) {
    words[bit / 64] |= uint64_t{1} << (bit % 64);
}

bool test_bit(std::span<const uint64_t> words, uint32_t bit) {
    return (words[bit / 64] >> (bit % 64) & 1) != 0;
}

// The first stage that a prefix belongs to, and how many leading bits that stage hashes.
struct V6Stage {
    uint32_t flag;
    uint32_t bits;
};
constexpr V6Stage kV6StageAll{PEEK_V6_STAGE_ALL, 0};
constexpr std::array<V6Stage, 3> kV6Stages{
    {{PEEK_V6_STAGE_48, 48}, {PEEK_V6_STAGE_32, 32}, {PEEK_V6_STAGE_24, 24}}};

V6Stage v6_stage_of(unsigned length) {
    if (length >= 48) return kV6Stages[0];
    if (length >= 32) return kV6Stages[1];
    return length >= 8 ? kV6Stages[2] : kV6StageAll;
}

}  // namespace

Result<std::shared_ptr<const IpRules>> IpRules::compile(const RuleFile& file,
                                                        CompileReport& report) {
    RuleReader reader(file, report);
    std::shared_ptr<IpRules> rules(new IpRules(file.list, file.name));
    IpFile parsed;
    const size_t lines = std::min<size_t>(count_lines(file.bytes), kMaxRules);
    parsed.v4.reserve(lines);
    rules->reserve_rules(lines, file.bytes.size());
    parse_lines(reader, parsed,
                [&](std::string_view text, uint64_t line) { return rules->add_rule(text, line); });
    if (Result<void> verdict = reader.finish(); !verdict) return std::move(verdict.error());
    if (rules->size() == 0) return std::shared_ptr<const IpRules>();

    rules->set_sha256(sha256_hex(file.bytes));
    std::vector<RuleId> duplicates;
    const auto on_duplicate = [&](RuleId id) { duplicates.push_back(id); };
    rules->v4_.seal(std::move(parsed.v4), on_duplicate);
    rules->v6_.seal(std::move(parsed.v6), on_duplicate);
    if (!duplicates.empty()) rules->drop_duplicates(duplicates);
    rules->build_first_stage();
    return std::shared_ptr<const IpRules>(std::move(rules));
}

void IpRules::drop_duplicates(std::span<const RuleId> duplicates) {
    std::vector<RuleId> new_ids(size(), 0);
    for (const RuleId id : duplicates) new_ids[id] = kNoRule;
    drop_rules(new_ids);
    v4_.renumber(new_ids);
    v6_.renumber(new_ids);
}

void IpRules::build_first_stage() {
    v4_bits_.assign(PEEK_BITMAP_WORDS, 0);
    fill_v4_bits();
    if (v6_.empty()) return;
    v6_.for_each([this](Ipv6::Bits, unsigned length) { v6_stages_ |= v6_stage_of(length).flag; });
    v6_bits_.assign(PEEK_BITMAP_WORDS, 0);
    fill_v6_bits(hash_seed(), v6_bits_);
}

void IpRules::fill_v4_bits() {
    v4_.for_each([this](Ipv4::Bits prefix, unsigned length) {
        const uint32_t first = peek_v4_bit(prefix);
        const uint32_t count = length >= 24 ? 1 : 1U << (24 - length);
        for (uint32_t i = 0; i < count; ++i) set_bit(v4_bits_, first + i);
    });
}

void IpRules::fill_v6_bits(uint64_t seed, std::span<uint64_t> words) const {
    v6_.for_each([&](Ipv6::Bits prefix, unsigned length) {
        const V6Stage stage = v6_stage_of(length);
        if (stage.flag == PEEK_V6_STAGE_ALL) return;
        const uint32_t bits = stage.bits;
        const uint64_t count = length >= bits ? 1 : uint64_t{1} << (bits - length);
        for (uint64_t i = 0; i < count; ++i) {
            set_bit(words, peek_v6_bit(prefix.high + (i << (64 - bits)), bits, seed));
        }
    });
}

std::optional<Ipv4::Bits> IpRules::v4_candidate(const IpAddress& address) const {
    if (!address.is_v4_or_mapped()) return std::nullopt;
    Ipv4::Key key;
    std::memcpy(&key, address.bytes4().data(), sizeof key);
    const Ipv4::Bits bits = Ipv4::to_bits(key);
    if (!test_bit(v4_bits_, peek_v4_bit(bits))) return std::nullopt;
    return bits;
}

std::optional<Ipv6::Bits> IpRules::v6_candidate(const IpAddress& address) const {
    if (v6_.empty() || address.version() != 6 || address.is_v4_or_mapped()) return std::nullopt;
    Ipv6::Key key;
    std::memcpy(key.data(), address.bytes16().data(), key.size());
    const Ipv6::Bits bits = Ipv6::to_bits(key);
    if ((v6_stages_ & PEEK_V6_STAGE_ALL) != 0) return bits;
    for (const V6Stage stage : kV6Stages) {
        if ((v6_stages_ & stage.flag) == 0) continue;
        if (test_bit(v6_bits_, peek_v6_bit(bits.high, stage.bits, hash_seed()))) return bits;
    }
    return std::nullopt;
}

template <typename Visit>
void IpRules::for_each_match(const IpAddress& src, const IpAddress& dst, Visit visit) const {
    v4_.match(v4_candidate(src), v4_candidate(dst), visit);
    v6_.match(v6_candidate(src), v6_candidate(dst), visit);
}

RuleId IpRules::lowest(const IpAddress& src, const IpAddress& dst) const {
    RuleId lowest = kNoRule;
    for_each_match(src, dst, [&](RuleId id) { lowest = std::min(lowest, id); });
    return lowest;
}

void IpRules::collect(const IpAddress& src, const IpAddress& dst, std::vector<RuleId>& ids) const {
    for_each_match(src, dst, [&](RuleId id) { ids.push_back(id); });
}

KernelIpImage IpRules::kernel_image() const {
    KernelIpImage image{v4_.exact(), v4_.nets(), v6_.exact(), v6_.nets(), v4_bits_, 0, v6_stages_};
    if (!image.v4_exact_be.empty()) image.ip_parts |= PEEK_IP_V4_EXACT;
    if (!image.v4_nets.empty()) image.ip_parts |= PEEK_IP_V4_NETS;
    if (!image.v6_exact_be.empty()) image.ip_parts |= PEEK_IP_V6_EXACT;
    if (!image.v6_nets.empty()) image.ip_parts |= PEEK_IP_V6_NETS;
    return image;
}

uint64_t IpRules::memory_bytes() const {
    return RuleSet::memory_bytes() + v4_.memory_bytes() + v6_.memory_bytes() +
           (v4_bits_.size() + v6_bits_.size()) * sizeof(uint64_t);
}

}  // namespace peek
