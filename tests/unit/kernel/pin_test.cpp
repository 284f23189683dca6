// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/pin.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace peek {
namespace {

TEST(PinDirectory, ItsDefaultNameComesFromTheControlSocketAndHasNoDots) {
    EXPECT_EQ(default_pin_directory("/run/peek-xdp/control.sock"),
              "/sys/fs/bpf/peek-xdp/run_peek-xdp_control_sock");
    EXPECT_EQ(default_pin_directory("other.sock"), "/sys/fs/bpf/peek-xdp/other_sock");
    EXPECT_NE(default_pin_directory("/run/a/control.sock"),
              default_pin_directory("/run/b/control.sock"));
}

TEST(PinDirectory, AnOrdinaryDirectoryIsRefusedWithTheMountCommand) {
    const auto pins = PinDirectory::open("/tmp/peek-no-bpffs");
    ASSERT_FALSE(pins);
    EXPECT_EQ(pins.error().text,
              "--pin /tmp/peek-no-bpffs: /tmp is no BPF file system; mount one with "
              "`mount -t bpf bpf /tmp`");
}

TEST(PinDirectory, SomethingIsPinnedOnceAnyVersionIsInForce) {
    std::string path = testing::TempDir() + "peek-pins-XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    EXPECT_FALSE(is_anything_pinned(path + "/none"));
    EXPECT_FALSE(is_anything_pinned(path));
    std::filesystem::create_directory(path + "/starting");
    EXPECT_FALSE(is_anything_pinned(path));
    std::filesystem::create_directory(path + "/abi-1");
    EXPECT_TRUE(is_anything_pinned(path));
    std::filesystem::remove_all(path);
}

TEST(PinnedState, TheHighestGenerationIsThatOfEitherBank) {
    PinnedState state;
    state.config.banks[0].generation = 7;
    state.config.banks[1].generation = 6;
    EXPECT_EQ(state.highest_generation(), 7U);
    state.config.banks[1].generation = 8;
    EXPECT_EQ(state.highest_generation(), 8U);
}

}  // namespace
}  // namespace peek
