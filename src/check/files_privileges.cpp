#include <fmt/format.h>

#include <algorithm>

#include "check/carried_files.h"
#include "check/checks.h"
#include "model/privileges.h"

namespace ballast::checks {

namespace {

// As Compose is started: these of its environment win over .env.
ComposeGround ground_of(const CheckContext& context) {
  ComposeGround ground{.directory = context.directory,
                       .project = context.project,
                       .variables = required_env(context).values()};
  for (const char* name : {"HOME", "PATH"})
    if (const auto value = context.host.machine.variable(name)) ground.variables[name] = *value;
  ground.variables["COMPOSE_PROJECT_NAME"] = context.project;
  return ground;
}

// Nothing of what Compose made is a variable any more: `$` stands for itself, written twice.
std::vector<Privilege> new_in(const std::string& path_before, const std::string& before,
                              const std::string& path_after, const std::string& after,
                              const ComposeGround& ground) {
  return new_privileges(privileges_of(path_before, before, ground),
                        privileges_of(path_after, after, ground));
}

// Of the files as they are written: which others they name. And of what Compose makes of them: what
// they come to, however they are written.
std::vector<Privilege> found_in(const CheckContext& context, const CarriedFiles& files) {
  const ComposeGround ground = ground_of(context);
  std::vector<Privilege> found =
      new_in(files.before.path, files.before.text, files.after.path, files.after.text, ground);
  if (!files.before.resolved.empty() && !files.after.resolved.empty())
    std::ranges::move(new_in(files.before.path, files.before.resolved, files.after.path,
                             files.after.resolved, ground),
                      std::back_inserter(found));
  std::ranges::sort(found);
  const auto same = [](const Privilege& left, const Privilege& right) {
    return left.text() == right.text();
  };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

}  // namespace

Answers files_privileges(const CheckContext& context) {
  const CarriedFiles& files = required_files(context);
  Answers answers;
  for (const Privilege& privilege : found_in(context, files))
    answers.push_back(judged(files, {.kind = privilege.kind,
                                     .value = privilege.value,
                                     .measured = std::string(words_of(privilege)),
                                     .hint = "take it out of the image's compose file"}));
  if (answers.empty())
    answers.push_back(passes("nothing that the present one does not have", context.compose_path));
  return answers;
}

}  // namespace ballast::checks
