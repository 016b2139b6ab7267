#include "host/kernel_clock.h"

#include <sys/timex.h>

namespace ballast {

std::optional<bool> is_kernel_clock_synchronised() {
  timex asked{};  // no mode is set: nothing is changed
  const int state = adjtimex(&asked);
  if (state < 0) return std::nullopt;
  return state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
}

}  // namespace ballast
