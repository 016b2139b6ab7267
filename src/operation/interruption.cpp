#include "operation/interruption.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ballast {

void stop_when_interrupted(Host& host, std::string_view what) {
  if (host.interrupts.cuts_short())
    throw Error(Kind::interrupted, fmt::format("interrupted while {}", what));
}

}  // namespace ballast
