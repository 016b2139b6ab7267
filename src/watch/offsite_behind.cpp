#include <fmt/format.h>

#include <ranges>

#include "watch/conditions.h"

namespace ballast::conditions {

// What is younger may still be on its way. A newer set that has arrived holds all that an older one
// could bring back.
Findings offsite_behind(const Observed& observed, const AlertSettings& settings) {
  const std::string& remote = observed.policy.offsite.remote;
  if (remote.empty()) return {};
  if (!observed.backups.value)
    return {unsure_of(remote, observed.backups.trouble, observed.backups.hint)};
  const Duration patience = settings.as_time();
  for (const SetSeen& set : std::views::reverse(observed.backups.value->sets)) {
    if (!set.complete) continue;
    if (set.is_offsite) return {good(remote, fmt::format("{} is there", set.id))};
    if (observed.now - set.started > patience)
      return {wrong(remote,
                    fmt::format("{}, made {}, is not there, nor is a newer one", set.id,
                                human_age(observed.now - set.started)),
                    {}, set.started + patience)};
  }
  return {good(remote, "nothing is late")};
}

}  // namespace ballast::conditions
