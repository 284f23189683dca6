// SPDX-License-Identifier: BSD-2-Clause
#include "detect/port_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace peek::test {
namespace {

using Ranges = std::vector<PortRange>;

Ranges ranges_of(std::initializer_list<uint16_t> ports) {
    PortSet set;
    for (const uint16_t port : ports) set.insert(port);
    return set.ranges();
}

TEST(PortSet, NeighboursBecomeOneRange) {
    EXPECT_EQ(ranges_of({}), Ranges{});
    EXPECT_EQ(ranges_of({80}), (Ranges{{80, 80}}));
    EXPECT_EQ(ranges_of({80, 82}), (Ranges{{80, 80}, {82, 82}}));
    EXPECT_EQ(ranges_of({80, 82, 81}), (Ranges{{80, 82}}));
    EXPECT_EQ(ranges_of({81, 80, 22, 82, 82}), (Ranges{{22, 22}, {80, 82}}));
    EXPECT_EQ(ranges_of({65535, 0, 65534, 1}), (Ranges{{0, 1}, {65534, 65535}}));
}

TEST(PortSet, AgreesWithAPlainSetOfPorts) {
    std::mt19937 random(1);
    PortSet set;
    std::set<uint16_t> expected;
    for (int i = 0; i < 3000; ++i) {
        const auto port = static_cast<uint16_t>(random() % 2000);
        set.insert(port);
        expected.insert(port);
    }
    std::set<uint16_t> held;
    for (const PortRange& range : set.ranges())
        for (uint32_t port = range.first; port <= range.last; ++port)
            held.insert(static_cast<uint16_t>(port));
    EXPECT_EQ(held, expected);
    EXPECT_EQ(set.size(), expected.size());
    for (size_t i = 1; i < set.ranges().size(); ++i)
        EXPECT_GT(set.ranges()[i].first, set.ranges()[i - 1].last + 1);
}

TEST(PortSet, AllPortsAreOneRange) {
    PortSet set;
    for (uint32_t even = 0; even <= 65534; even += 2) set.insert(static_cast<uint16_t>(even));
    EXPECT_EQ(set.ranges().size(), 32768U);
    for (uint32_t left = 32768; left-- > 0;) set.insert(static_cast<uint16_t>(2 * left + 1));
    EXPECT_EQ(set.ranges(), (Ranges{{0, 65535}}));
    EXPECT_EQ(set.size(), 65536U);
}

}  // namespace
}  // namespace peek::test
