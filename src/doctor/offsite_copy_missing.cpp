#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings offsite_copy_missing(const StackSeen& stack) {
  if (!stack.backups.value) return {not_known("backups", stack.backups.trouble)};
  if (!*stack.backups.value) return {};
  const BackupsSeen& backups = **stack.backups.value;
  if (backups.remote.empty())
    return {{.subject = stack.policy_path,
             .what = "no copy of a backup leaves this server: what takes the server takes them too",
             .mend = "rclone config    # a remote of type crypt over the one that stores\n"
                     "and in " +
                     stack.policy_path + ": offsite: {remote: \"offsite:backups\"}"}};
  if (backups.sets > 0 && backups.sent == 0)
    return {{.subject = stack.policy_path,
             .what = fmt::format("none of {} backups has reached {}", backups.sets, backups.remote),
             .mend = fmt::format("ballast backup send {}", stack.name)}};
  return {};
}

}  // namespace ballast::doctor
