#include "check/container_state.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

std::string state_text(const docker::Container& container) {
  std::string text = container.state;
  if (container.state == "exited" || container.state == "dead")
    text += fmt::format(" ({}{})", container.exit_code,
                        container.out_of_memory_killed ? ", out of memory" : "");
  if (!container.error.empty()) text += ": " + printable(container.error);
  return text;
}

}  // namespace ballast
