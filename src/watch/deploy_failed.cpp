#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

std::string told(const OperationRecord& change) {
  const std::string tag = text_at(change.request, "tag");
  return fmt::format("the {}{}{} by {}: {}", change.kind, tag.empty() ? "" : " of ", tag,
                     change.operator_name, change.message);
}

}  // namespace

// Nothing is broken any more, so that nobody is reminded of it for ever.
Findings deploy_failed(const Observed& observed, const AlertSettings& settings) {
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  const auto& change = observed.records.value->change;
  if (!change) return {};
  const Time ended = change->ended.value_or(change->started);
  const bool rolled_back = change->exit_status == exit_status(Kind::rolled_back);
  if (!rolled_back || observed.now - ended > settings.as_time())
    return {
        good("", fmt::format("the last {} was {}", change->kind, human_age(observed.now - ended)))};
  return {wrong("", told(*change), {}, ended)};
}

}  // namespace ballast::conditions
