#include "upgrade/rehearsal_plan.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

std::uint64_t room_for_copy(const CopyWanted& wanted) { return wanted.size * 2; }

RehearsalPlan plan_rehearsal(const std::vector<CopyWanted>& wanted, std::uint64_t room) {
  RehearsalPlan plan;
  std::uint64_t left = 0;
  for (const CopyWanted& copy : wanted) {
    const std::uint64_t needed = room_for_copy(copy);
    if (needed > room) {
      plan.too_large.push_back(copy.database);
      continue;
    }
    if (plan.groups.empty() || needed > left) {
      plan.groups.emplace_back();
      left = room;
    }
    left -= needed;
    plan.groups.back().push_back(copy.database);
  }
  return plan;
}

void require_memory(const std::optional<Memory>& memory, const Policy& policy) {
  if (!memory)
    throw Error(Kind::refused, "the available memory could not be read; nothing was rehearsed",
                "look at `grep Mem /proc/meminfo`");
  if (memory->available >= policy.gates.memory_available) return;
  throw Error(
      Kind::refused,
      fmt::format("{} of memory available, the limit is {}; nothing was rehearsed",
                  human_bytes(memory->available), human_bytes(policy.gates.memory_available)),
      "see who uses it: `docker stats --no-stream`; or lower "
      "`gates: {memory-available: …}` in ballast.yaml");
}

}  // namespace ballast
