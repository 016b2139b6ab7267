// The unprivileged end of the gate: it hands on what it was called with, and prints what it hears.
#pragma once

#include <string>

#include "gate/gate_runs.h"

namespace ballast {

struct GateRequest {
  std::string key;      // that the command line names; may be empty
  std::string command;  // SSH_ORIGINAL_COMMAND
  std::string program;  // ballast itself
};

// As whoever calls: through the daemon's socket, else through sudo. As root: judged and done here.
// Whatever the environment says, it is the server's own root that counts.
void call_gate(Host& host, std::span<const OperationKind> kinds, const GateRequest& request,
               GateListener& listener);

}  // namespace ballast
