#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings docker_group_members(const ServerSeen& server) {
  if (!server.docker_groups.value) return {not_known("/etc/group", server.docker_groups.trouble)};
  Findings findings;
  for (const DockerGroup& group : *server.docker_groups.value)
    for (const std::string& member : group.members)
      findings.push_back(
          {.subject = group.subject,
           .what = fmt::format("{} is in the group docker, and so root: `docker run -v /:/host`",
                               printable(member)),
           .mend = fmt::format("gpasswd -d {} docker", shell_quoted(member))});
  return findings;
}

}  // namespace ballast::doctor
