#include "host/posix_clock.h"

#include <poll.h>

#include <algorithm>
#include <limits>

namespace ballast {

Time PosixClock::now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void PosixClock::sleep(Duration duration) {
  const Monotonic until = monotonic() + duration;
  while (!interrupts_.cuts_short() && monotonic() < until) {
    pollfd wake{.fd = interrupts_.wake_descriptor(), .events = POLLIN, .revents = 0};
    poll(&wake, 1, poll_timeout(until));
  }
}

int poll_timeout(Monotonic until) {
  const auto left = until - std::chrono::steady_clock::now();
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<long long>(count, 0, std::numeric_limits<int>::max()));
}

}  // namespace ballast
