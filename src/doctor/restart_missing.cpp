#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

// YAML takes a bare `no` for false.
bool starts_again(const Service& service) {
  if (service.find("deploy.restart_policy")) return true;
  const std::string policy = service.text("restart");
  return !policy.empty() && policy != "no" && policy != "false";
}

Findings look(const StackSeen&, const Service& service) {
  const bool runs_on_demand = service.find("profiles").has_value();
  if (service.ends_by_itself || runs_on_demand || starts_again(service)) return {};
  if (service.extends()) return {not_known(service.subject(), "`extends` takes it from elsewhere")};
  return {{.subject = service.subject(),
           .what = fmt::format("after a crash, and after the server starts anew, {} stays down",
                               service.name),
           .mend = in_service(service, "restart: unless-stopped")}};
}

}  // namespace

Findings restart_missing(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
