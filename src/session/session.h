// Break-glass: a person works on production by hand, for a while, for a reason, recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/server.h"
#include "model/break_glass.h"

namespace ballast {

struct OpenRequest {
  std::string stack;
  std::string reason;
  std::string ticket;
  std::optional<Duration> length;  // default: an hour, or the policy's limit when that is less
};

struct Opened {
  BreakGlass session;
  std::vector<std::string> notes;  // of those who could not be told, of what could not be seen
};

// Error(refused): the person has a session on the stack, or the policy wants a second person and
// the kernel does not tell who this one is.
Opened open_session(Server& server, const OpenRequest& request);

// Error(refused) when it is the person who opened it, or nobody can tell.
Opened approve_session(Server& server, const std::string& word);

struct SessionReport {
  BreakGlass session;
  std::vector<Recording> recordings;
  Json changes;  // null until it is closed
  std::string folder;
};
std::vector<SessionReport> sessions(Server& server,
                                    const std::string& stack);  // empty: of all; newest first
SessionReport session_called(Server& server, const std::string& word);

Person who_is_here(Host& host);
// Error(refused) for all but root, whose files the records are.
void require_root(Host& host);

}  // namespace ballast
