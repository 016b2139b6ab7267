#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings stack_files_writable(const StackSeen& stack) {
  if (!stack.files.value) return {not_known(stack.directory, stack.files.trouble)};
  Findings findings;
  for (const OwnedFile& file : *stack.files.value) {
    const std::string path = shell_quoted(file.path);
    if (file.info.owner != 0 && file.info.owner != stack.user)
      findings.push_back(
          {.subject = file.path,
           .what = fmt::format("it belongs to {}, who so decides what root runs", file.owner),
           .mend = "chown root:root " + path});
    if (can_be_written_by_others(file.info))
      findings.push_back({.subject = file.path,
                          .what = fmt::format("others may write it (mode {:04o}), and so decide "
                                              "what root runs",
                                              file.info.mode),
                          .mend = "chmod go-w " + path});
  }
  return findings;
}

}  // namespace ballast::doctor
