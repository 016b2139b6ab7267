// A container of an image's tools that waits to be told what to run: for work that needs files
// beside a database's own container. No network of its own; removed with this object, or, when
// Ballast was killed, by remove_workbenches().
#pragma once

#include <string>
#include <vector>

#include "live/server.h"

namespace ballast {

class Workbench {
 public:
  // `operation` marks it for recovery. Started, as root, with nothing running but a wait.
  Workbench(Server& server, const std::string& operation, docker::NewContainer wanted);
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  const std::string& id() const { return id_; }
  // Error(failed) with the last words of what ran, unless it ended with 0. Its stdout.
  std::string must(const std::vector<std::string>& argv,
                   const std::vector<std::string>& environment, Duration deadline);

 private:
  Server& server_;
  std::string id_;
};

void remove_workbenches(Server& server, const std::string& operation);

}  // namespace ballast
