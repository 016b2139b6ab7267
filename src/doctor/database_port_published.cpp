#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

bool is_of_this_machine(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

bool keeps_data(const StackSeen& stack, const Service& service) {
  return is_database(service) ||
         (stack.policy.value && service.name == stack.policy.value->database_service);
}

Findings look(const StackSeen& stack, const Service& service) {
  Findings findings;
  if (!keeps_data(stack, service)) return findings;
  for (const WrittenPort& written : ports_of(service)) {
    const ComposePort& port = written.port;
    if (is_of_this_machine(port.host_ip)) continue;
    findings.push_back(
        {.subject = written.at.subject(),
         .what =
             fmt::format("port {} of {} is published on {}; Docker opens it past ufw", port.target,
                         service.name, port.host_ip.empty() ? "every address" : port.host_ip),
         .mend = fmt::format("remove it: services of the stack reach {0}:{1} without\n"
                             "or, for programs of this server: \"127.0.0.1:{2}:{1}\"",
                             service.name, port.target,
                             port.published.empty() ? port.target : port.published)});
  }
  return findings;
}

}  // namespace

Findings database_port_published(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
