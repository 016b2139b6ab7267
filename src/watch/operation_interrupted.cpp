#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

// One that is at work holds the stack.
Findings operation_interrupted(const Observed& observed, const AlertSettings&) {
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  if (observed.is_busy())
    return {good("", fmt::format("a {} by {} is at work", observed.operation->operation,
                                 observed.operation->operator_name))};
  Findings findings;
  for (const OperationRecord& operation : observed.records.value->unfinished)
    findings.push_back(wrong("",
                             fmt::format("the {} by {} of {} was cut off", operation.kind,
                                         operation.operator_name, iso_local(operation.started)),
                             {}, operation.started));
  if (findings.empty()) findings.push_back(good("", "none"));
  return findings;
}

}  // namespace ballast::conditions
