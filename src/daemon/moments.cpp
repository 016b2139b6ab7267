#include "daemon/moments.h"

#include <functional>

namespace ballast {

namespace {

// Whoever is woken serves every stack of that moment.
constexpr Duration between_moments = std::chrono::milliseconds(100);

}  // namespace

Monotonic next_moment(std::string_view stack, Duration pace, Monotonic now) {
  const auto moments = static_cast<std::size_t>(pace / between_moments);
  const auto own = static_cast<int>(std::hash<std::string_view>()(stack) % moments);
  const auto since_the_last = (now.time_since_epoch() + pace - own * between_moments) % pace;
  return now - since_the_last + pace;
}

}  // namespace ballast
