#include "restore/neutralise.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration longest_run = std::chrono::minutes(10);
constexpr std::size_t shown_lines = 12;

}  // namespace

std::map<std::string, std::string> release_environment(Work& work) {
  const docker::Container* live = work.running.of(work.stack.policy.service);
  std::map<std::string, std::string> environment;
  if (live == nullptr) {
    for (const auto& [name, value] : work.stack.release_service().environment)
      environment[name] = expand_variables(value, work.stack.env.values());
    return environment;
  }
  environment = live->environment;
  if (const auto own = work.server.engine.image(live->image_id))
    for (const auto& [name, value] : own->environment)
      if (environment[name] == value) environment.erase(name);
  return environment;
}

bool neutralise(Work& work, docker::NewContainer where, const std::string& database) {
  if (work.stack.policy.preset != Preset::odoo) return false;
  where.command = {"odoo", "neutralize", "-d", database};
  if (where.environment.empty()) where.environment = release_environment(work);
  where.labels[std::string(docker::label_operation)] = work.operation.id;
  const auto result = work.server.engine.run(where, longest_run);
  if (result.status == 0) return true;
  Error error(Kind::failed, fmt::format("neutralising {} ended with exit status {}",
                                        printable(database), result.status));
  for (const std::string& line :
       split_lines(last_lines(result.output + result.errors, shown_lines)))
    error.add_context(printable(work.stack.secrets.mask(line)));
  throw error;
}

}  // namespace ballast
