// One server: the host, the root that it is seen through, and its engine.
#pragma once

#include <string>
#include <vector>

#include "host/host.h"
#include "model/paths.h"
#include "tools/compose.h"
#include "tools/engine.h"

namespace ballast {

struct Server {
  Server(Host& host, std::string root);

  Host& host;
  Paths paths;
  Engine engine;
};

// Names of the folders in <root>/srv/stacks that are stacks, sorted.
std::vector<std::string> stack_names(Server& server);

}  // namespace ballast
