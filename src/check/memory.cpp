#include <fmt/format.h>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

Answers memory(const CheckContext& context) {
  const std::optional<Memory> memory = context.host.machine.memory();
  if (!memory)
    return {unsure("the available memory could not be read", "look at `grep Mem /proc/meminfo`")};
  const std::uint64_t wanted = context.policy.gates.memory_available;
  const std::string measured = human_bytes(memory->available) + " available";
  if (memory->available >= wanted) return {passes(measured)};
  return {fails(fmt::format("{}; the limit is {}", measured, human_bytes(wanted)),
                "see who uses it: `docker stats --no-stream`; or lower "
                "`gates: {memory-available: …}` in ballast.yaml")};
}

}  // namespace ballast::checks
