// One server: the host, the root that it is seen through, and its engine.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"
#include "model/paths.h"
#include "tools/compose.h"
#include "tools/engine.h"

namespace ballast {

class Work;
struct Course;

// Each feature brings its kinds of operation; recovery finds what an interrupted one does by its
// name.
struct OperationKind {
  std::string_view name;  // "deploy"
  Course (*course)(Work& work);
};

struct Server {
  Server(Host& host, std::string root, std::span<const OperationKind> kinds);

  Host& host;
  Paths paths;
  Engine engine;
  std::span<const OperationKind> kinds;
};

// Names of the folders in <root>/srv/stacks that are stacks, sorted.
std::vector<std::string> stack_names(Server& server);

}  // namespace ballast
