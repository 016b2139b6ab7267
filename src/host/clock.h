#pragma once

#include "base/time.h"

namespace ballast {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() = 0;
  virtual Monotonic monotonic() = 0;
  // Wakes early when the operator interrupts (see Interrupts).
  virtual void sleep(Duration duration) = 0;
};

}  // namespace ballast
