#include "watch/service_state.h"

namespace ballast {

namespace {

constexpr int restarts_of_a_loop = 3;
constexpr Duration proof_of_life = std::chrono::minutes(1);

}  // namespace

// The engine only counts restarts: that they follow each other is seen by how young the last is.
bool restarts_in_a_loop(const docker::Container& container, Time now) {
  if (container.state == "restarting") return true;
  const auto started = parse_time(container.started_at);
  return container.restart_count >= restarts_of_a_loop && started && now - *started < proof_of_life;
}

bool has_done_its_work(const ServiceSeen& service) {
  return !service.must_run && service.container->state == "exited" &&
         service.container->exit_code == 0;
}

}  // namespace ballast
