// SPDX-License-Identifier: BSD-2-Clause
// IpRules against an oracle that compares every rule with every address, bit by bit.
#include <random>
#include <set>

#include "rules/ip_rules.h"
#include "unit/rules/compiled.h"

namespace peek {
namespace {

using Bytes16 = std::array<uint8_t, 16>;
constexpr unsigned kMappedBits = 96;

struct Network {
    Bytes16 address;  // IPv4 in mapped form
    unsigned length;  // of 128

    bool covers(const Bytes16& other) const {
        for (unsigned bit = 0; bit < length; ++bit) {
            const unsigned shift = 7 - bit % 8;
            if ((address[bit / 8] >> shift & 1) != (other[bit / 8] >> shift & 1)) return false;
        }
        return true;
    }
};

bool is_mapped(const Bytes16& a) {
    static constexpr Bytes16 kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(a.begin(), a.begin() + 12, kMapped.begin());
}

bool is_v4(const Network& network) {
    return network.length >= kMappedBits && is_mapped(network.address);
}

bool same(const Network& a, const Network& b) {
    return a.length == b.length && a.covers(b.address);
}

// Addresses from a small universe, so that rules overlap and packets hit.
class World {
  public:
    explicit World(unsigned seed) : random_(seed) {}

    Bytes16 address() {
        Bytes16 a{};
        if (below(2) == 0) {
            a[10] = a[11] = 0xff;
            a[12] = static_cast<uint8_t>(10 + below(2));
            a[13] = static_cast<uint8_t>(below(2) * 128);
            a[14] = static_cast<uint8_t>(below(3) * 127);
            a[15] = static_cast<uint8_t>(below(256));
            return a;
        }
        a[0] = static_cast<uint8_t>(0x20 + below(2));
        for (const size_t i : {1, 2, 3, 4, 5, 6, 8}) a[i] = static_cast<uint8_t>(below(2) * 0x81);
        a[15] = static_cast<uint8_t>(below(4));
        return a;
    }
    Network network() {
        const Bytes16 a = address();
        if (below(3) == 0) return {a, 128};
        const bool v4 = is_mapped(a);
        const unsigned length = v4 ? kMappedBits + below(33) : below(129);
        return {a, length};
    }
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  private:
    std::mt19937 random_;
};

IpAddress to_ip(const Bytes16& a, bool as_v4) {
    if (as_v4) return IpAddress::v4(std::span<const uint8_t, 4>(a.data() + 12, 4));
    return IpAddress::v6(a);
}

std::string to_line(const Network& network, bool as_v4) {
    const unsigned length = as_v4 ? network.length - kMappedBits : network.length;
    return to_ip(network.address, as_v4).to_string() + '/' + std::to_string(length);
}

struct RandomSet {
    std::vector<Network> distinct;  // by RuleId
    std::shared_ptr<const IpRules> rules;

    RandomSet(World& world, int count) {
        std::string bytes;
        for (int i = 0; i < count; ++i) {
            const Network network = world.network();
            const bool as_v4 = is_v4(network) && world.below(2) == 0;
            bytes += to_line(network, as_v4) + '\n';
            add(network);
        }
        rules = compile_file(Family::kIp, bytes).sets.ip;
    }
    void add(const Network& network) {
        for (const Network& other : distinct) {
            if (same(network, other)) return;
        }
        distinct.push_back(network);
    }
    RuleHit oracle(const Bytes16& src, const Bytes16& dst) const {
        RuleHit hit;
        for (RuleId id = 0; id < distinct.size(); ++id) {
            const bool v4 = is_v4(distinct[id]);
            const auto matches = [&](const Bytes16& a) {
                return v4 == is_mapped(a) && distinct[id].covers(a);
            };
            if (matches(src) || matches(dst)) hit.add(id);
        }
        return hit;
    }
};

TEST(IpOracle, AgreesOnRandomSetsAndPackets) {
    World world(1);
    uint64_t hits = 0;
    for (const int size : {1, 2, 5, 20, 100, 500}) {
        const RandomSet set(world, size);
        ASSERT_EQ(set.rules->size(), set.distinct.size());
        for (int i = 0; i < 3'000; ++i) {
            const Bytes16 src = world.address();
            const Bytes16 dst = world.address();
            const RuleHit hit =
                match(*set.rules, to_ip(src, is_mapped(src) && world.below(2) == 0),
                      to_ip(dst, is_mapped(dst) && world.below(2) == 0));
            ASSERT_EQ(to_text(hit), to_text(set.oracle(src, dst)))
                << to_ip(src, false).to_string() << ' ' << to_ip(dst, false).to_string();
            hits += hit.distinct;
        }
    }
    EXPECT_GT(hits, 10'000U);  // the universe is small enough to say something
}

bool bit(std::span<const uint64_t> words, uint32_t i) {
    return (words[i / 64] >> (i % 64) & 1) != 0;
}

uint64_t high_of(const Bytes16& a) {
    uint64_t high = 0;
    for (size_t i = 0; i < 8; ++i) high = high << 8 | a[i];
    return high;
}

// What the kernel does with an address, given its image: false only if no rule can match.
bool first_stage_passes(const KernelIpImage& image, std::span<const uint64_t> v6_bits,
                        uint64_t seed, const Bytes16& a) {
    if (is_mapped(a)) {
        const uint32_t host = uint32_t{a[12]} << 24 | uint32_t{a[13]} << 16 | uint32_t{a[14]} << 8;
        return bit(image.v4_bits, peek_v4_bit(host));
    }
    if ((image.v6_stages & PEEK_V6_STAGE_ALL) != 0) return true;
    bool passes = false;
    for (const auto& [stage, bits] : {std::pair<uint32_t, uint32_t>{PEEK_V6_STAGE_24, 24},
                                      {PEEK_V6_STAGE_32, 32},
                                      {PEEK_V6_STAGE_48, 48}}) {
        if ((image.v6_stages & stage) == 0) continue;
        passes = passes || bit(v6_bits, peek_v6_bit(high_of(a), bits, seed));
    }
    return passes;
}

// A clear bit proves that no rule matches, whatever the seed.
TEST(KernelImage, NeverRulesOutAnAddressThatARuleCovers) {
    World world(2);
    uint64_t covered = 0;
    uint64_t ruled_out = 0;
    for (const int size : {1, 3, 10, 50}) {
        for (const uint64_t seed : {uint64_t{0}, uint64_t{0x123456789abcdef0}}) {
            const RandomSet set(world, size);
            std::vector<uint64_t> v6_bits(PEEK_BITMAP_WORDS);
            set.rules->fill_v6_bits(seed, v6_bits);
            const KernelIpImage image = set.rules->kernel_image();
            for (int i = 0; i < 5'000; ++i) {
                const Bytes16 a = world.address();
                const bool passes = first_stage_passes(image, v6_bits, seed, a);
                const bool matches = set.oracle(a, a).distinct > 0;
                ASSERT_TRUE(passes || !matches) << to_ip(a, false).to_string();
                covered += matches ? 1 : 0;
                ruled_out += passes ? 0 : 1;
            }
        }
    }
    EXPECT_GT(covered, 1'000U);
    EXPECT_GT(ruled_out, 1'000U);
}

// The second stage holds each distinct rule exactly once.
TEST(KernelImage, HoldsEveryRuleOnce) {
    World world(3);
    const RandomSet set(world, 400);
    const KernelIpImage image = set.rules->kernel_image();
    EXPECT_EQ(image.v4_exact_be.size() + image.v4_nets.size() + image.v6_exact_be.size() +
                  image.v6_nets.size(),
              set.distinct.size());
    std::set<std::string> entries;
    for (const uint32_t be : image.v4_exact_be) {
        std::array<uint8_t, 4> bytes;
        std::memcpy(bytes.data(), &be, 4);
        entries.insert(IpAddress::v4(bytes).to_string() + "/32");
    }
    for (const peek_v4_net& net : image.v4_nets) {
        entries.insert(IpAddress::v4(net.addr_be).to_string() + '/' +
                       std::to_string(net.prefix_len));
    }
    for (const Bytes16& bytes : image.v6_exact_be) {
        entries.insert(IpAddress::v6(bytes).to_string() + "/128");
    }
    for (const peek_v6_net& net : image.v6_nets) {
        entries.insert(IpAddress::v6(net.addr_be).to_string() + '/' +
                       std::to_string(net.prefix_len));
    }
    std::set<std::string> expected;
    for (Network network : set.distinct) {
        for (unsigned i = network.length; i < 128; ++i) {
            network.address[i / 8] &= static_cast<uint8_t>(~(0x80U >> i % 8));
        }
        expected.insert(to_line(network, is_v4(network)));
    }
    EXPECT_EQ(entries, expected);
}

}  // namespace
}  // namespace peek
