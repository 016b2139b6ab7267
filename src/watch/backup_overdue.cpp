#include <fmt/format.h>

#include <ranges>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

const SetSeen* newest_complete(const std::vector<SetSeen>& sets) {
  for (const SetSeen& set : std::views::reverse(sets))
    if (set.complete) return &set;
  return nullptr;
}

Finding judged(const SetSeen& set, Time now, Duration longest) {
  const Duration age = now - set.started;
  const std::string measured = fmt::format("{}, {}", set.id, human_age(age));
  Finding finding = age <= longest
                        ? good("", measured)
                        : wrong("",
                                fmt::format("the newest complete set is {}; one is due every "
                                            "{}",
                                            measured, human_duration(longest)),
                                {}, set.started + longest);
  finding.measure = {.name = "backup_age",
                     .value = static_cast<double>(age.count()) / 1000,
                     .unit = "s",
                     .limit = static_cast<double>(longest.count()) / 1000};
  return finding;
}

}  // namespace

// Only where somebody said how often there is to be one, here or by a schedule.
Findings backup_overdue(const Observed& observed, const AlertSettings& settings) {
  const auto longest = longest_of(settings, observed.policy.backup.schedule.longest_without_set());
  if (!longest) return {};
  if (!observed.backups.value)
    return {unsure_of("", observed.backups.trouble, observed.backups.hint)};
  if (const SetSeen* set = newest_complete(observed.backups.value->sets))
    return {judged(*set, observed.now, *longest)};
  return {wrong(
      "", fmt::format("there is no complete set; one is due every {}", human_duration(*longest)))};
}

}  // namespace ballast::conditions
