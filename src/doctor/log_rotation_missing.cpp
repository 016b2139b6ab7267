#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

constexpr auto lines =
    "logging:\n"
    "  driver: json-file\n"
    "  options: {max-size: \"50m\", max-file: \"5\"}";

Findings look(const StackSeen& stack, const Service& service) {
  const LogDefaults& defaults = *stack.logs.value;
  const std::string own = service.text("logging.driver");
  const std::string driver = own.empty() ? defaults.driver : own;
  if (driver != "json-file" || service.find("logging.options.max-size")) return {};
  // The engine adds its own to a container with the same driver.
  if (driver == defaults.driver && defaults.options.contains("max-size")) return {};
  if (service.extends()) return {not_known(service.subject(), "`extends` takes it from elsewhere")};
  return {{.subject = service.subject(),
           .what = fmt::format("nothing limits the log of {}", service.name),
           .mend = in_service(service, lines) +
                   "\nor for all, in /etc/docker/daemon.json: \"log-driver\": \"local\""}};
}

}  // namespace

Findings log_rotation_missing(const StackSeen& stack) {
  if (!stack.logs.value) return {not_known("/etc/docker/daemon.json", stack.logs.trouble)};
  return of_services(stack, look);
}

}  // namespace ballast::doctor
