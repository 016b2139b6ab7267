#include <fmt/format.h>

#include "check/checks.h"

namespace ballast::checks {

namespace {

CheckResult judged(const docker::Container& now) {
  if (now.health.empty()) return passes("no health check", now.name);
  if (now.health != "unhealthy") return passes(now.health, now.name);
  return fails(
      now.health,
      fmt::format("see its words: `docker inspect -f '{{{{json .State.Health}}}}' {}`", now.name),
      now.name);
}

}  // namespace

Answers container_health(const CheckContext& context) {
  const Target& target = required_target(context);
  if (context.target_is_followed) return {judged(target.container)};
  const auto now = context.engine.container(target.container.id);
  if (!now) return {fails("its container is gone", log_hint(target), target.container.name)};
  return {judged(*now)};
}

}  // namespace ballast::checks
