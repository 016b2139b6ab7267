#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

Findings look(const StackSeen&, const Service& service) {
  const auto mode = service.find("network_mode");
  if (!mode || mode->node->scalar != "host") return {};
  return {{.subject = mode->subject(),
           .what = fmt::format("{} is on the server's own network: it reaches what listens on "
                               "127.0.0.1 here, and every port of it is open",
                               service.name),
           .mend = "remove `network_mode: host`, and publish what is needed:\n"
                   "ports: [\"127.0.0.1:8080:8080\"]"}};
}

}  // namespace

Findings host_network(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
