// Commands ask the daemon, and do without it where there is none.
#pragma once

#include <optional>
#include <string>

#include "daemon/daemon_status.h"
#include "model/paths.h"

namespace ballast {

// nullopt: nobody watches. Error(failed) when the daemon does not answer, or refuses.
std::optional<DaemonStatus> ask_daemon(const Paths& paths);
// It reads the silences again and sends what waits. False: nobody watches. Error as above.
bool poke_daemon(const Paths& paths);

}  // namespace ballast
