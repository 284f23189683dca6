// SPDX-License-Identifier: BSD-2-Clause
#include "util/ip_address.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

IpAddress v4(std::array<uint8_t, 4> bytes) {
    return IpAddress::v4(bytes);
}

IpAddress v6(std::array<uint8_t, 16> bytes) {
    return IpAddress::v6(bytes);
}

TEST(IpAddress, PrintsIpv4AsDottedQuad) {
    EXPECT_EQ(v4({192, 0, 2, 1}).to_string(), "192.0.2.1");
    EXPECT_EQ(v4({0, 0, 0, 0}).to_string(), "0.0.0.0");
    EXPECT_EQ(v4({255, 255, 255, 255}).to_string(), "255.255.255.255");
}

TEST(IpAddress, PrintsIpv6AsRfc5952) {
    EXPECT_EQ(v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}).to_string(),
              "2001:db8::1");
    EXPECT_EQ(v6({}).to_string(), "::");
    // §4.2.2: one zero group is not shortened; §4.2.3: the longest run is, the first of equals.
    EXPECT_EQ(v6({0x20, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}).to_string(),
              "2001:1:0:1:1:1:1:1");
    EXPECT_EQ(v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}).to_string(), "2001:0:0:1::1");
    EXPECT_EQ(v6({0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1}).to_string(),
              "2001::1:0:0:1:1");
    EXPECT_EQ(v6({0xab, 0xcd, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0xff, 0xff}).to_string(),
              "abcd:1:2:3:4:5:6:ffff");
}

TEST(IpAddress, PrintsAMappedIpv6AddressWithADottedQuad) {
    EXPECT_EQ(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}).to_string(),
              "::ffff:192.0.2.1");
}

TEST(IpAddress, PrintsNothingForNoAddress) {
    EXPECT_EQ(IpAddress{}.to_string(), "");
}

TEST(IpAddress, KnowsMappedAddressesFromOthers) {
    EXPECT_TRUE(v4({10, 0, 0, 1}).is_v4_or_mapped());
    EXPECT_TRUE(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}).is_v4_or_mapped());
    EXPECT_FALSE(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1}).is_v4_or_mapped());
    EXPECT_FALSE(v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 10, 0, 0, 1}).is_v4_or_mapped());
    EXPECT_FALSE(IpAddress{}.is_v4_or_mapped());
}

TEST(IpAddress, TellsAnIpv4AddressFromItsMappedForm) {
    EXPECT_NE(v4({10, 0, 0, 1}), v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}));
    EXPECT_EQ(v4({10, 0, 0, 1}), v4({10, 0, 0, 1}));
}

}  // namespace
}  // namespace peek
