// A program of this machine under a pseudo-terminal of its own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/terminal_program.h"

namespace ballast {

struct PtyRequest {
  std::vector<std::string> argv;  // argv[0] is a path
  std::map<std::string, std::string> environment;
  std::string directory;
  TerminalSize size;
  std::string mark;  // of its environment, by which all that it started is found
};

// An Error when it cannot be run.
std::unique_ptr<TerminalProgram> start_at_terminal(const PtyRequest& request);

}  // namespace ballast
