#include "daemon/change_text.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

const Time noon{1'795'573'627s};

std::string text_of(const std::string& kind, const std::string& tag, int exit_status = 0) {
  OperationRecord change{.kind = kind, .stack = "shop", .operator_name = "ken"};
  change.request = tag.empty() ? Json::object() : Json{{"tag", tag}};
  change.state = exit_status == 0 ? OperationState::finished : OperationState::undone;
  change.exit_status = exit_status;
  change.started = noon - 10min;
  change.ended = noon - 4min;
  return change_text(change, {}, noon);
}

TEST(ChangeTextTest, ADeployWithItsWayBack) {
  EXPECT_EQ(text_of("deploy", "sha-a000001"),
            "sha-a000001 by ken 4 min ago; back: ballast rollback shop");
}

TEST(ChangeTextTest, OneThatWasUndoneIsNotTakenBack) {
  EXPECT_EQ(text_of("deploy", "sha-bad0001", 4),
            "sha-bad0001 by ken 4 min ago; it failed and was taken back: ballast history shop");
}

TEST(ChangeTextTest, OthersByTheirKind) {
  EXPECT_EQ(text_of("restore", ""), "restore by ken 4 min ago; back: ballast restore shop --undo");
  EXPECT_EQ(text_of("rollback", "sha-a000001"),
            "rollback of sha-a000001 by ken 4 min ago; see: ballast history shop");
  EXPECT_EQ(
      text_of("rollback-with-data", "sha-a000001"),
      "rollback-with-data of sha-a000001 by ken 4 min ago; back: ballast restore shop --undo");
  EXPECT_EQ(text_of("adopt", ""), "adopt by ken 4 min ago; back: ballast rollback shop");
}

TEST(ChangeTextTest, AClockThatWasSetBack) {
  OperationRecord change{.kind = "deploy", .stack = "shop", .operator_name = "ken"};
  change.request = {{"tag", "sha-a000001"}};
  change.started = noon + 1h;
  EXPECT_EQ(change_text(change, {}, noon),
            "sha-a000001 by ken 0 ms ago; back: ballast rollback shop");
}

TEST(ChangeTextTest, WhatWasChangedByHandSince) {
  OperationRecord change{.kind = "deploy", .stack = "shop", .operator_name = "ken"};
  change.request = {{"tag", "sha-a000001"}};
  change.ended = noon - 4min;
  EXPECT_EQ(change_text(change, ModifiedByHand{noon, "", "files of web were changed", "one"}, noon),
            "sha-a000001 by ken 4 min ago; back: ballast rollback shop; modified by hand since " +
                iso_local(noon) + ": files of web were changed");
}

}  // namespace
}  // namespace ballast
