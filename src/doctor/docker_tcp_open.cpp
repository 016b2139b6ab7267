#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings docker_tcp_open(const ServerSeen& server) {
  if (!server.docker_listens.value)
    return {not_known("/etc/docker/daemon.json", server.docker_listens.trouble)};
  Findings findings;
  for (const DockerListen& listen : *server.docker_listens.value)
    if (!listen.is_proved)
      findings.push_back(
          {.subject = listen.subject,
           .what = fmt::format("Docker listens on {} and asks nobody who they are: each who "
                               "reaches it is root",
                               printable(listen.address)),
           .mend =
               "take the address out, then: systemctl daemon-reload && systemctl restart docker\n"
               "from another machine: DOCKER_HOST=ssh://user@server"});
  return findings;
}

}  // namespace ballast::doctor
