#include <fmt/format.h>

#include "base/text.h"
#include "check/carried_files.h"
#include "check/checks.h"
#include "model/policy_changes.h"

namespace ballast::checks {

namespace {

std::string change_text(const PolicyChange& change) {
  return fmt::format("was {}, would be {}", printable(shortened(change.before, 120)),
                     printable(shortened(change.after, 120)));
}

}  // namespace

Answers files_policy(const CheckContext& context) {
  const CarriedFiles& files = required_files(context);
  const std::string path = context.directory + "/ballast.yaml";
  Answers answers;
  for (const PolicyChange& change : firm_changes(files.policy_before, context.policy))
    answers.push_back(fails(change_text(change),
                            fmt::format("no release changes this key: mend the image's "
                                        "ballast.yaml, or change {} by hand first",
                                        path),
                            change.key));
  for (const PolicyChange& change : loosening_changes(files.policy_before, context.policy))
    answers.push_back(judged(files, {.kind = "policy",
                                     .value = change.key,
                                     .measured = change_text(change),
                                     .hint = "take it out of the image's ballast.yaml"}));
  if (answers.empty()) answers.push_back(passes("nothing in it is looser", path));
  return answers;
}

}  // namespace ballast::checks
