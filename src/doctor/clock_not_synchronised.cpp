#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

constexpr auto install =
    "apt-get install systemd-timesyncd\n"
    "timedatectl set-ntp true";

}  // namespace

// The kernel knows best; of a server that is only looked at, what is to keep its clock.
Findings clock_not_synchronised(const ServerSeen& server) {
  if (!server.clock.value) return {not_known("clock", server.clock.trouble)};
  const ClockSeen& clock = *server.clock.value;
  if (clock.synchronised.value_or(!clock.services.empty())) return {};
  if (clock.services.empty())
    return {{.subject = "clock",
             .what = "no time service is enabled: backups, schedules and the history go by this "
                     "clock",
             .mend = install}};
  return {{.subject = "clock",
           .what = fmt::format("the kernel says that it is not synchronised, though {} is enabled",
                               join(clock.services, ", ")),
           .mend = fmt::format("systemctl status {}    # which servers it cannot reach",
                               clock.services.front())}};
}

}  // namespace ballast::doctor
