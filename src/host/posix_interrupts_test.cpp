#include "host/posix_interrupts.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "host/posix_clock.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

bool wakes(const PosixInterrupts& interrupts) {
  pollfd wake{.fd = interrupts.wake_descriptor(), .events = POLLIN, .revents = 0};
  return poll(&wake, 1, 0) == 1;
}

TEST(Interrupts, NothingAtFirst) {
  const PosixInterrupts interrupts;
  EXPECT_FALSE(interrupts.requested());
  EXPECT_FALSE(interrupts.held());
  EXPECT_FALSE(wakes(interrupts));
}

TEST(Interrupts, EachOfTheTwoSignalsAsks) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const PosixInterrupts interrupts;
    raise(signal);
    EXPECT_TRUE(interrupts.requested());
    EXPECT_TRUE(interrupts.cuts_short());
    EXPECT_TRUE(wakes(interrupts));
  }
}

TEST(Interrupts, HeldTheyAreRememberedOnly) {
  PosixInterrupts interrupts;
  interrupts.hold(true);
  raise(SIGTERM);
  EXPECT_TRUE(interrupts.requested());
  EXPECT_FALSE(interrupts.cuts_short());
  EXPECT_FALSE(wakes(interrupts));
  interrupts.hold(false);
  EXPECT_TRUE(interrupts.cuts_short());
  EXPECT_TRUE(wakes(interrupts));
}

TEST(Interrupts, HangUpAndBrokenPipesStopNothing) {
  const PosixInterrupts interrupts;
  raise(SIGHUP);
  raise(SIGPIPE);
  EXPECT_FALSE(interrupts.requested());
}

TEST(InterruptsDeathTest, TheSecondEndsTheProcess) {
  const auto interrupt_twice = [] {
    PosixInterrupts interrupts;
    interrupts.hold(true);
    raise(SIGINT);
    raise(SIGTERM);
  };
  EXPECT_EXIT(interrupt_twice(), testing::ExitedWithCode(130), "");
}

TEST(Interrupts, FormerHandlersComeBack) {
  struct sigaction before {};
  struct sigaction after {};
  sigaction(SIGTERM, nullptr, &before);
  { const PosixInterrupts interrupts; }
  sigaction(SIGTERM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST(ClockTest, AnInterruptEndsASleep) {
  const PosixInterrupts interrupts;
  PosixClock clock(interrupts);
  raise(SIGINT);
  clock.sleep(1h);
  EXPECT_TRUE(interrupts.requested());
}

TEST(ClockTest, SleepsItsTime) {
  const PosixInterrupts interrupts;
  PosixClock clock(interrupts);
  const Monotonic began = clock.monotonic();
  clock.sleep(20ms);
  EXPECT_GE(clock.monotonic() - began, 20ms);
  clock.sleep(-1ms);
}

TEST(ClockTest, PollTimeouts) {
  EXPECT_EQ(poll_timeout(std::chrono::steady_clock::now() - 1s), 0);
  EXPECT_EQ(poll_timeout(std::chrono::steady_clock::now() + 24h * 3653),
            std::numeric_limits<int>::max());
}

}  // namespace
}  // namespace ballast
