#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

Findings look(const StackSeen&, const Service& service) {
  Findings findings;
  for (const WrittenMount& written : mounts_of(service))
    if (written.mount.source.ends_with("/docker.sock"))
      findings.push_back(
          {.subject = written.at.subject(),
           .what = fmt::format("{} has the socket of Docker: whoever breaks into it is root here, "
                               "`:ro` or not",
                               service.name),
           .mend = "remove it; what only reads, such as a proxy that finds containers, goes\n"
                   "through a proxy of the socket that lets nothing but that through"});
  return findings;
}

}  // namespace

Findings docker_socket_mounted(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
