#include <fmt/format.h>

#include "base/text.h"
#include "check/container_state.h"
#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

constexpr int restarts_of_a_loop = 3;
constexpr Duration proof_of_life = std::chrono::minutes(1);

// The engine only counts restarts: that they follow each other is seen by how young the last is.
bool restarts_in_a_loop(const docker::Container& container, Time now) {
  if (container.state == "restarting") return true;
  const auto started = parse_time(container.started_at);
  return container.restart_count >= restarts_of_a_loop && started && now - *started < proof_of_life;
}

std::string log_of(const docker::Container& container) {
  return fmt::format("look at `docker logs --tail 50 {}`", container.name);
}

bool has_done_its_work(const ServiceSeen& service) {
  return !service.must_run && service.container->state == "exited" &&
         service.container->exit_code == 0;
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
