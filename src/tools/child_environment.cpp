#include "tools/child_environment.h"

#include <array>

#include "tools/rclone.h"

namespace ballast {

namespace {

constexpr auto passed_on = std::to_array<const char*>({"PATH", "TZ", "DOCKER_CONFIG", "DOCKER_HOST",
                                                       "BALLAST_DOCKER_SOCKET",
                                                       "BALLAST_COMPOSE_V1", "BALLAST_COMPOSE_V2"});

}  // namespace

std::map<std::string, std::string> child_environment(Machine& machine) {
  auto environment = rclone_environment(machine);
  for (const char* name : passed_on)
    if (const auto value = machine.variable(name)) environment[name] = *value;
  return environment;
}

}  // namespace ballast
