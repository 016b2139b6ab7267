// Files of a running container as this host's kernel shows them, mounts and all: reading them so
// starts no process inside it. Nothing here is ever written.
#pragma once

#include <optional>
#include <string>

#include "host/host.h"
#include "tools/docker.h"

namespace ballast {

// "/proc/4711/root"; empty where that is not surely the container's: it does not run, or its engine
// counts processes elsewhere than Ballast.
std::string root_on_host(Host& host, const docker::Container& container);

// nullopt when it cannot be had this way (no root, absent, a symlink on the way): ask inside.
std::optional<std::string> read_on_host(Host& host, const docker::Container& container,
                                        const std::string& path);

}  // namespace ballast
