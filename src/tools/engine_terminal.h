// A program in a container under a pseudo-terminal, by the Engine API: as `docker exec -it`, but
// ended with all that it started, where the engine leaves it alive.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/host.h"
#include "host/terminal_program.h"

namespace ballast {

struct TerminalExec {
  std::string container;  // id
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string user;  // empty: the container's
  TerminalSize size;
  std::string mark;  // of its environment, by which all that it started is found
};

// Error(failed) when it does not start; Error(refused) when the engine does not answer.
std::unique_ptr<TerminalProgram> start_in_container(Host& host, const std::string& socket,
                                                    const TerminalExec& exec);

}  // namespace ballast
