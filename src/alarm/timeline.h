// A clock for lengths of time that no one can set: it goes on over restarts of the daemon and of
// the machine, and neither jumps of the wall clock nor suspends make it run backwards.
#pragma once

#include <string>

#include "base/json.h"
#include "base/time.h"

namespace ballast {

// Since the timeline began.
using Instant = Duration;

// What the host's clocks and its boot say now.
struct Clocks {
  Time wall{};
  Monotonic monotonic{};
  std::string boot;
};

class Timeline {
 public:
  // Within one boot by the monotonic clock; over a reboot, which has no other measure, by the wall
  // clock, but neither backwards nor by more than a day.
  Instant advance(const Clocks& clocks);
  Instant now() const { return now_; }

  Json json() const;
  static Timeline parse(const Json& json);  // what cannot be read begins anew

 private:
  Instant now_{};
  Clocks last_;
};

}  // namespace ballast
