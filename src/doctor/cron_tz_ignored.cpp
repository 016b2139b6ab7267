#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings cron_tz_ignored(const ServerSeen& server) {
  const std::string own = server.zone.value ? server.zone.value->name() : "the server's own zone";
  Findings findings = server.cron.unreadable;
  for (const CronFile& file : server.cron.found)
    for (const CronZone& zone : read_cron(file).zones)
      findings.push_back(
          {.subject = fmt::format("{}:{}", file.file.path, zone.line),
           .what = fmt::format("CRON_TZ={} is nothing that Debian's cron knows: the lines below it "
                               "are read in {}",
                               printable(zone.zone), own),
           .mend = "remove the line and write the times in the server's zone; or let Ballast keep "
                   "the zone, in the policy of the stack:\n" +
                   fmt::format("backup: {{daily: \"03:00 {}\"}}", printable(zone.zone))});
  return findings;
}

}  // namespace ballast::doctor
