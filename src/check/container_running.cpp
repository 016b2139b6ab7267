#include <fmt/format.h>

#include "base/text.h"
#include "check/checks.h"
#include "check/container_state.h"

namespace ballast::checks {

namespace {

constexpr std::size_t id_digits = 12;

// Compose v1 leaves "<12 hex>_<name>" behind when a recreate failed.
bool is_left_over(const std::string& name) {
  return name.size() > id_digits + 1 && name[id_digits] == '_' &&
         is_hex(std::string_view(name).substr(0, id_digits));
}

CheckResult judged(const Target& target, const docker::Container& now) {
  const std::string restarts = counted(now.restart_count, "restart");
  if (!now.running())
    return fails(fmt::format("{}, {}", state_text(now), restarts), log_hint(target), now.name);
  if (now.restart_count != target.container.restart_count)
    return fails(fmt::format("restarted while it was verified, {}", restarts), log_hint(target),
                 now.name);
  if (!target.candidate && is_left_over(now.name))
    return fails("runs under the name of a failed recreate",
                 fmt::format("`docker rename {} {}`", now.name, now.name.substr(id_digits + 1)),
                 now.name);
  return passes(fmt::format("running, {}", restarts), now.name);
}

}  // namespace

Answers container_running(const CheckContext& context) {
  const Target& target = required_target(context);
  const auto now = context.engine.container(target.container.id);
  if (!now)
    return {fails("gone",
                  fmt::format("see what there is: `docker ps -a --filter label={}={}`",
                              docker::label_project, context.project),
                  target.container.name)};
  return {judged(target, *now)};
}

}  // namespace ballast::checks
