// A program in a session, recorded.
#pragma once

#include <string>
#include <vector>

#include "live/server.h"
#include "model/break_glass.h"

namespace ballast {

struct RunRequest {
  std::string word;               // a stack, or the id of a session
  std::vector<std::string> argv;  // empty: a shell
  std::string service;            // empty: the release service
  std::string user;               // in the container; empty: the container's
  bool on_host = false;           // in the stack's folder
};

struct RunResult {
  BreakGlass session;
  Recording recording;
};

// Error(refused): no session of this person is open there, or it awaits approval.
RunResult run_in_session(Server& server, const RunRequest& request);

}  // namespace ballast
