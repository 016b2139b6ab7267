// What Ballast's own operations cause, so that nobody is woken for it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "host/locks.h"

namespace ballast {

struct Cause {
  std::string_view operation;  // "deploy"
  std::chrono::hours longest;  // after which it explains nothing any more
  std::span<const std::string_view> alerts;
};

// Sorted by the operation.
std::span<const Cause> all_causes();

// "deploy by ken for 2 min" when what is at work explains that alert; else nullopt.
std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       std::string_view alert, Time now);

}  // namespace ballast
