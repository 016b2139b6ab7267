#include "watch/suppression.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

Duration running_for(const Holder& holder, Time now) {
  return std::max(Duration(now - holder.since), Duration::zero());
}

}  // namespace

std::optional<OwnWork> own_work(const std::optional<Holder>& operation, const std::string& stack,
                                Time now) {
  if (!operation || !operation->alive) return std::nullopt;
  return OwnWork{.kind = operation->operation,
                 .stack = stack,
                 .running = running_for(*operation, now),
                 .may_last = longest_of(operation->operation)};
}

std::string work_text(const Holder& holder, Time now) {
  return fmt::format("{} by {} for {}", holder.operation, holder.operator_name,
                     human_duration(running_for(holder, now)));
}

std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       const AlertName& alert, Time now) {
  const auto work = own_work(operation, alert.stack, now);
  if (!work || !is_caused(alert, *work)) return std::nullopt;
  return work_text(*operation, now);
}

}  // namespace ballast
