#include <fmt/format.h>

#include "base/text.h"
#include "check/container_state.h"
#include "watch/conditions.h"
#include "watch/service_state.h"

namespace ballast::conditions {

namespace {

std::string log_of(const docker::Container& container) {
  return fmt::format("look at `docker logs --tail 50 {}`", container.name);
}

Finding judged(const Observed& observed, const ServiceSeen& service) {
  if (!service.container)
    return wrong(
        service.name, "has no container",
        fmt::format("see what there is: docker ps -a; then: ballast status {}", observed.stack));
  const docker::Container& container = *service.container;
  const std::string restarts = counted(container.restart_count, "restart");
  if (restarts_in_a_loop(container, observed.now))
    return wrong(service.name, fmt::format("restarts in a loop, {}", restarts), log_of(container));
  if (container.running()) return good(service.name, "running, " + restarts);
  if (has_done_its_work(service)) return good(service.name, "ended with 0, as it may");
  const std::string hint =
      container.state == "paused"
          ? fmt::format("docker unpause {}", container.name)
          : fmt::format("{}; then: docker start {}", log_of(container), container.name);
  const bool has_ended = container.state == "exited" || container.state == "dead";
  return wrong(service.name, state_text(container), hint,
               has_ended ? parse_time(container.finished_at) : std::nullopt);
}

}  // namespace

Findings container_down(const Observed& observed, const AlertSettings&) {
  if (!observed.services.value)
    return {unsure_of("", observed.services.trouble, observed.services.hint)};
  Findings findings;
  for (const ServiceSeen& service : *observed.services.value)
    findings.push_back(judged(observed, service));
  return findings;
}

}  // namespace ballast::conditions
