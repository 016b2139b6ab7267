#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

// Only where somebody said how often there is to be one, here or by a schedule.
Findings drill_overdue(const Observed& observed, const AlertSettings& settings) {
  const auto told = longest_of(settings, observed.policy.backup.schedule.longest_without_drill());
  if (!told) return {};
  if (!observed.backups.value)
    return {unsure_of("", observed.backups.trouble, observed.backups.hint)};
  const Duration longest = *told;
  const auto& drill = observed.backups.value->passed_drill;
  if (!drill)
    return {
        wrong("", fmt::format("none has passed; one is due every {}", human_duration(longest)))};
  const Duration age = observed.now - drill->at;
  if (age <= longest) return {good("", fmt::format("passed {}", human_age(age)))};
  return {wrong("",
                fmt::format("the last that passed was {}; one is due every {}", human_age(age),
                            human_duration(longest)),
                {}, drill->at + longest)};
}

}  // namespace ballast::conditions
