#include "live/work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"
#include "operation/silence.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RunningClock : public Clock {
 public:
  Time now() override { return Time{passed}; }
  Monotonic monotonic() override { return Monotonic(passed); }
  void sleep(Duration duration) override { passed += duration; }
  Duration passed{};
};

class HeldLock : public Lock {
 public:
  int descriptor() const override { return 7; }
};

// What `ann` left behind holds the lock until `orphan_ends`; then ben has it until `ben_ends`.
class LocksOfASecondWaiter : public Locks {
 public:
  explicit LocksOfASecondWaiter(RunningClock& clock) : clock_(clock) {}

  std::variant<std::unique_ptr<Lock>, Holder> acquire(const std::string&, const Holder&) override {
    if (const auto holder = held("")) return *holder;
    return std::make_unique<HeldLock>();
  }
  std::optional<Holder> held(const std::string&) override {
    if (clock_.passed < orphan_ends) return Holder{"deploy", "ann", 40, Time{}, false};
    if (clock_.passed < ben_ends) return Holder{"deploy", "ben", 60, Time{}, true};
    return std::nullopt;
  }
  std::vector<long long> holders(const std::string&) override {
    if (clock_.passed < orphan_ends) return {50};
    if (clock_.passed < ben_ends) return {60};
    return {};
  }
  Duration orphan_ends{};
  Duration ben_ends{};

 private:
  RunningClock& clock_;
};

class EndingMachine : public test::FakeMachine {
 public:
  explicit EndingMachine(LocksOfASecondWaiter& locks) : locks_(locks) {}
  void end_process(long long process) override {
    ended.push_back(process);
    locks_.orphan_ends = {};
  }
  std::vector<long long> ended;

 private:
  LocksOfASecondWaiter& locks_;
};

class HoldStackTest : public testing::Test {
 protected:
  std::unique_ptr<Lock> hold(Duration wait) {
    Silence silence;
    return hold_stack(server_, "shop", "deploy", "cy", wait, silence);
  }

  test::World world_;
  RunningClock clock_;
  LocksOfASecondWaiter locks_{clock_};
  EndingMachine machine_{locks_};
  Host host_{world_.disk,  world_.processes,  clock_,     world_.http,
             locks_,       world_.interrupts, machine_,   world_.terminal,
             world_.trees, world_.archives,   world_.zips};
  Server server_{host_, "/", {}};
};

TEST_F(HoldStackTest, WhatWasLeftBehindIsAwaited) {
  locks_.orphan_ends = 5s;
  EXPECT_EQ(hold({})->descriptor(), 7);
  EXPECT_THAT(machine_.ended, IsEmpty());
  EXPECT_GE(clock_.passed, 5s);
}

TEST_F(HoldStackTest, WhatWasLeftBehindIsEndedAfterAMinute) {
  locks_.orphan_ends = 1h;
  EXPECT_EQ(hold({})->descriptor(), 7);
  EXPECT_THAT(machine_.ended, ElementsAre(50));
  EXPECT_LT(clock_.passed, 62s);
}

TEST_F(HoldStackTest, AnotherWaiterThatGotTheLockFirstIsNotEnded) {
  locks_.orphan_ends = 55s;
  locks_.ben_ends = 10min;
  EXPECT_EQ(hold(1h)->descriptor(), 7);
  EXPECT_THAT(machine_.ended, IsEmpty());
  EXPECT_GE(clock_.passed, 10min);
}

TEST_F(HoldStackTest, WithoutAWaitTheOtherWaiterIsNamed) {
  locks_.orphan_ends = 55s;
  locks_.ben_ends = 10min;
  try {
    hold({});
    FAIL() << "the lock was got";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::locked);
    EXPECT_THAT(error.message(), testing::StartsWith("stack shop is held by another operation: "
                                                     "deploy by ben, for "));
  }
  EXPECT_THAT(machine_.ended, IsEmpty());
}

}  // namespace
}  // namespace ballast
