#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings readable_secrets(const std::vector<OwnedFile>& files) {
  Findings findings;
  for (const OwnedFile& file : files)
    if (can_be_read_by_others(file.info))
      findings.push_back(
          {.subject = file.path,
           .what = fmt::format("it holds {}, and its mode is {:04o}", file.holds, file.info.mode),
           .mend = "chmod 0600 " + shell_quoted(file.path)});
  return findings;
}

Findings secrets_readable(const StackSeen& stack) {
  if (!stack.secrets.value) return {not_known(stack.env_path, stack.secrets.trouble)};
  return readable_secrets(*stack.secrets.value);
}

}  // namespace ballast::doctor
