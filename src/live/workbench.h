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
  // The same, handing its stdout on as it comes.
  void must_stream(const std::vector<std::string>& argv,
                   const std::vector<std::string>& environment, Duration deadline,
                   const Engine::Sink& output);

 private:
  Server& server_;
  std::string id_;
};

void remove_workbenches(Server& server, const std::string& operation);

// Marks the workbenches of a command that only reads, and so is no operation in the journal.
std::string mark_of_reader(Server& server, const std::string& stack);
// Those whose command has ended without removing them.
std::vector<docker::Container> benches_of_dead_readers(Server& server, const std::string& stack);

}  // namespace ballast
