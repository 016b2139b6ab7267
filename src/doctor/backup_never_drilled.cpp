#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings backup_never_drilled(const StackSeen& stack) {
  if (!stack.backups.value) return {not_known("backups", stack.backups.trouble)};
  if (!*stack.backups.value) return {};
  const BackupsSeen& backups = **stack.backups.value;
  if (backups.drill_passed) return {};
  const std::string what =
      backups.sets == 0 ? "there is no complete backup, so none was ever restored"
      : backups.drill_trouble.empty()
          ? "none of its backups was ever restored: whether they can be is not known"
          : "no drill has ever passed; the newest: " + backups.drill_trouble;
  const std::string first =
      backups.sets == 0 ? fmt::format("ballast backup {} manual\n", stack.name) : "";
  return {{.subject = "backups",
           .what = what,
           .mend = first + fmt::format("ballast drill {}\n"
                                       "and in {}: backup: {{drill: weekly}}",
                                       stack.name, stack.policy_path)}};
}

}  // namespace ballast::doctor
