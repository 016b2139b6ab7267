#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings sudoers_wildcard(const ServerSeen& server) {
  Findings findings = server.sudoers.unreadable;
  for (const TextFile& file : server.sudoers.found)
    for (const SudoCommand& one : sudo_commands_in(file.text))
      if (has_wildcard(one.command))
        findings.push_back(
            {.subject = fmt::format("{}:{}", file.path, one.line),
             .what = fmt::format("{} may run `{}`: the wildcard matches blanks too, and so any "
                                 "further option",
                                 printable(one.who), printable(one.command)),
             .mend = fmt::format("write each command with its exact arguments, then: visudo -cf {}",
                                 shell_quoted(file.path))});
  return findings;
}

}  // namespace ballast::doctor
