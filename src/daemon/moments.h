// When a stack is looked at. Each has moments of its own, whatever was looked at in between, so
// that not all are asked at once.
#pragma once

#include <string_view>

#include "base/time.h"

namespace ballast {

// The first after `now`. Pure.
Monotonic next_moment(std::string_view stack, Duration pace, Monotonic now);

}  // namespace ballast
