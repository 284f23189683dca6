// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/checkpoint.h"

#include <gtest/gtest.h>

#include <memory>

namespace peek {
namespace {

peek_checkpoint_copy done_up_to(uint64_t position) {
    peek_checkpoint_copy done{};
    done.done_pos[0] = position;
    done.delivered[3] = position / 8;
    return done;
}

TEST(Checkpoint, TheLastWholeCopyCounts) {
    const auto checkpoint = std::make_unique<peek_checkpoint>();
    note_done(*checkpoint, done_up_to(64));
    note_done(*checkpoint, done_up_to(128));
    EXPECT_EQ(last_done(*checkpoint).done_pos[0], 128U);
    EXPECT_EQ(last_done(*checkpoint).delivered[3], 16U);
}

TEST(Checkpoint, ACopyThatWasNotFinishedDoesNotCount) {
    const auto checkpoint = std::make_unique<peek_checkpoint>();
    note_done(*checkpoint, done_up_to(64));
    // Killed while the idle copy was being written.
    checkpoint->copies[(checkpoint->current & 1U) ^ 1U].done_pos[0] = 999;
    EXPECT_EQ(last_done(*checkpoint).done_pos[0], 64U);
}

TEST(Checkpoint, WhatWasTakenAndIsNotDoneShowsBetweenThePositions) {
    const auto checkpoint = std::make_unique<peek_checkpoint>();
    note_done(*checkpoint, done_up_to(64));
    note_taken(*checkpoint, {192});
    EXPECT_EQ(last_done(*checkpoint).done_pos[0], 64U);
    EXPECT_EQ(checkpoint->taken_pos[0], 192U);
}

TEST(Checkpoint, AControllerThatDiesBeforeItHasCaughtUpLeavesTheHigherPosition) {
    const auto checkpoint = std::make_unique<peek_checkpoint>();
    note_taken(*checkpoint, {192, 8});
    note_taken(*checkpoint, {128, 16});
    EXPECT_EQ(checkpoint->taken_pos[0], 192U);
    EXPECT_EQ(checkpoint->taken_pos[1], 16U);
}

}  // namespace
}  // namespace peek
