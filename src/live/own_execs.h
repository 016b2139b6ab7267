// Which programs in containers were started by Ballast itself. Kept as empty files under
// /run/ballast/execs, named by the engine's id, for the daemon, which sees the engine's events.
#pragma once

#include <string>

#include "host/host.h"
#include "model/paths.h"

namespace ballast {

// Before it begins. Never throws: who cannot write there is not known to be Ballast.
void announce_exec(Host& host, const Paths& paths, const std::string& exec);

bool is_own_exec(Host& host, const Paths& paths, const std::string& exec);

// Those that nobody can ask about any more.
void forget_old_execs(Host& host, const Paths& paths);

}  // namespace ballast
