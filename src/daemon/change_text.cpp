#include "daemon/change_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

std::string what_was_done(const OperationRecord& change) {
  const std::string tag = text_at(change.request, "tag");
  if (change.kind == "deploy" && !tag.empty()) return tag;
  return tag.empty() ? change.kind : fmt::format("{} of {}", change.kind, tag);
}

bool was_undone(const OperationRecord& change) {
  return change.exit_status == exit_status(Kind::rolled_back);
}

// Of what was only tried there is nothing to take back.
std::string way_back_of(const OperationRecord& change) {
  if (change.kind == "restore" || change.kind == "rollback-with-data")
    return fmt::format("ballast restore {} --undo", change.stack);
  if (change.kind == "adopt" || change.kind == "deploy")
    return fmt::format("ballast rollback {}", change.stack);
  return {};
}

std::string text_of(const OperationRecord& change, Time now) {
  const Duration age =
      std::max(Duration(now - change.ended.value_or(change.started)), Duration::zero());
  std::string text = fmt::format("{} by {} {} ago", what_was_done(change), change.operator_name,
                                 human_duration(age));
  if (was_undone(change))
    return text + fmt::format("; it failed and was taken back: ballast history {}", change.stack);
  const std::string back = way_back_of(change);
  return text + (back.empty() ? fmt::format("; see: ballast history {}", change.stack)
                              : "; back: " + back);
}

}  // namespace

std::string change_text(const OperationRecord& change,
                        const std::optional<ModifiedByHand>& modified, Time now) {
  const std::string text = text_of(change, now);
  return modified ? fmt::format("{}; modified by hand {}", text, modified->text()) : text;
}

}  // namespace ballast
