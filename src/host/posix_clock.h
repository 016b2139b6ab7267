#pragma once

#include "host/clock.h"
#include "host/posix_interrupts.h"

namespace ballast {

class PosixClock : public Clock {
 public:
  explicit PosixClock(const PosixInterrupts& interrupts) : interrupts_(interrupts) {}
  Time now() override;
  Monotonic monotonic() override { return std::chrono::steady_clock::now(); }
  void sleep(Duration duration) override;

 private:
  const PosixInterrupts& interrupts_;
};

// What poll() takes: whole milliseconds, rounded up so that nobody spins, never endless.
int poll_timeout(Monotonic until);

}  // namespace ballast
