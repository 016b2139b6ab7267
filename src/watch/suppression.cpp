#include "watch/suppression.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

Duration running_for(const Holder& holder, Time now) {
  return std::max(Duration(now - holder.since), Duration::zero());
}

constexpr std::string_view may_upgrade = "deploy";
constexpr int rehearsed_and_done = 2;

}  // namespace

Duration longest_upgrade(const Observed& observed) {
  const std::size_t databases = observed.database.value ? observed.database.value->names.size() : 0;
  return observed.policy.upgrade.timeout * rehearsed_and_done *
         static_cast<int>(std::max<std::size_t>(databases, 1));
}

std::optional<OwnWork> own_work(const std::optional<Holder>& operation, const std::string& stack,
                                Time now, Duration upgrades) {
  if (!operation || !operation->alive) return std::nullopt;
  return OwnWork{.kind = operation->operation,
                 .stack = stack,
                 .running = running_for(*operation, now),
                 .may_last = longest_of(operation->operation) +
                             (operation->operation == may_upgrade ? upgrades : Duration::zero())};
}

std::string work_text(const Holder& holder, Time now) {
  return fmt::format("{} by {} for {}", holder.operation, holder.operator_name,
                     human_duration(running_for(holder, now)));
}

std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       const AlertName& alert, Time now, Duration upgrades) {
  const auto work = own_work(operation, alert.stack, now, upgrades);
  if (!work || !is_caused(alert, *work)) return std::nullopt;
  return work_text(*operation, now);
}

}  // namespace ballast
