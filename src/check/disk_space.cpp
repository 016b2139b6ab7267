#include <fmt/format.h>

#include "check/checks.h"
#include "check/disk_use.h"

namespace ballast::checks {

namespace {

std::string hint_for(const DiskUse& use) {
  return fmt::format(
      "see what fills it: `docker system df`, `du -xsh {}`; or raise "
      "`gates: {{disk: …}}` in ballast.yaml",
      use.first_path());
}

CheckResult judged(const DiskUse& use, double limit) {
  if (use.space.used_percent < limit) return passes(use.text(), use.paths);
  return fails(fmt::format("{}; the limit is {:g} %", use.text(), limit), hint_for(use), use.paths);
}

}  // namespace

Answers disk_space(const CheckContext& context) {
  std::vector<std::string> paths{context.directory};
  Answers answers;
  try {
    paths.push_back(context.engine.info().root_directory);
  } catch (const Error& error) {
    if (error.kind() != Kind::refused) throw;
    answers.push_back(unsure_without_engine("docker"));
  }
  for (const DiskUse& use : disk_uses(context.host.disk, paths))
    answers.push_back(judged(use, context.policy.gates.disk_percent));
  return answers;
}

}  // namespace ballast::checks
