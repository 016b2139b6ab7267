#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

Findings rollback_failed(const Observed& observed, const AlertSettings&) {
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  const auto& change = observed.records.value->change;
  if (!change) return {};
  if (change->state != OperationState::failed &&
      change->exit_status != exit_status(Kind::rollback_failed))
    return {good("", fmt::format("the last {} needs nobody", change->kind))};
  return {wrong("",
                fmt::format("the last {}, by {}, needs a person: {}", change->kind,
                            change->operator_name, change->message),
                {}, change->ended.value_or(change->started))};
}

}  // namespace ballast::conditions
