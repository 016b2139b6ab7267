#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

bool is_switched_off(const Service& service) {
  if (service.text("healthcheck.disable") == "true") return true;
  if (service.text("healthcheck.test") == "NONE") return true;
  const auto test = service.find("healthcheck.test");
  return test && !test->node->items.empty() && test->node->items.front().scalar == "NONE";
}

std::string lines_for(const Service& service) {
  if (image_name(service.image()).starts_with("postg"))
    return "healthcheck:\n"
           "  test: [\"CMD-SHELL\", \"pg_isready -h 127.0.0.1 -U \\\"$$POSTGRES_USER\\\" -d "
           "postgres\"]\n"
           "  interval: 5s";
  return "healthcheck:\n"
         "  test: [\"CMD\", \"curl\", \"-fsS\", \"http://127.0.0.1:8069/web/health\"]    # its own "
         "port "
         "and path\n"
         "  interval: 10s\n"
         "  start_period: 60s";
}

Finding missing(const Service& service, std::string_view what) {
  return {.subject = service.subject(),
          .what = fmt::format("{}: a {} that hangs counts as running", what, service.name),
          .mend = in_service(service, lines_for(service))};
}

// Of what the image says a container shows more than a compose file.
Findings by_container(const StackSeen& stack, const Service& service) {
  if (!stack.containers.value) return {not_known(service.subject(), stack.containers.trouble)};
  const auto found = stack.containers.value->find(service.name);
  if (found == stack.containers.value->end() || !found->second.running())
    return {not_known(service.subject(),
                      fmt::format("the compose file has none, and whether the image of {} has one "
                                  "shows only when it runs",
                                  service.name),
                      in_service(service, lines_for(service)))};
  if (!found->second.health.empty()) return {};
  return {missing(service, "neither compose file nor image has a health check")};
}

Findings by_dockerfile(const StackSeen& stack, const Service& service) {
  const bool is_built_here = stack.policy.value && stack.policy.value->service == service.name &&
                             stack.dockerfile.value && *stack.dockerfile.value;
  if (!is_built_here) return {missing(service, "the compose file has no health check")};
  const auto checks = named(instructions_of((**stack.dockerfile.value).text), "healthcheck");
  const bool has_one =
      !checks.empty() && !checks.back().words.empty() && checks.back().words.front() != "NONE";
  if (has_one) return {};
  return {missing(service, "neither compose file nor Dockerfile has a health check")};
}

Findings look(const StackSeen& stack, const Service& service) {
  if (service.ends_by_itself) return {};
  if (is_switched_off(service)) return {missing(service, "its health check is switched off")};
  if (service.find("healthcheck.test")) return {};
  if (service.extends()) return {not_known(service.subject(), "`extends` takes it from elsewhere")};
  return stack.on_server ? by_container(stack, service) : by_dockerfile(stack, service);
}

}  // namespace

Findings health_check_missing(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
