#include <fmt/format.h>

#include "check/carried_files.h"
#include "check/checks.h"

namespace ballast::checks {

Answers files_by_hand(const CheckContext& context) {
  const CarriedFiles& files = required_files(context);
  Answers answers;
  for (const ChangedByHand& changed : files.by_hand)
    answers.push_back(
        judged(files, {.kind = "changed-by-hand",
                       .value = changed.name,
                       .measured = fmt::format("{}/{} is not as release {} left it",
                                               context.directory, changed.name, changed.release),
                       .hint = "bring the change into the image, or it is lost"}));
  if (answers.empty())
    answers.push_back(passes("as the last release left them", context.directory));
  return answers;
}

}  // namespace ballast::checks
