// The end of a session: what it left changed, and what is still to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/server.h"
#include "model/break_glass.h"
#include "session/comparison.h"

namespace ballast {

struct CloseRequest {
  std::string word;                         // a stack, or the id of a session
  std::optional<std::string> pull_request;  // links that tick what is to do
  std::optional<std::string> review;
  std::optional<std::string> notes;
};

struct Closed {
  BreakGlass session;
  Json changes;      // null when nothing was compared
  std::string page;  // path of the incident page
  std::vector<std::string> notes;
};

// One that is closed already is only ticked.
Closed close_session(Server& server, const CloseRequest& request);

// Sessions whose time is up are closed, what a killed recorder left running is ended, and records
// whose time is up go. What went wrong is returned, in words; one that is being closed is left
// alone.
std::vector<std::string> settle_sessions(Server& server);

}  // namespace ballast
