// What becomes known of a session: in the audit chain, and on the channels.
#pragma once

#include <string>
#include <vector>

#include "journal/journal.h"
#include "live/server.h"
#include "model/break_glass.h"
#include "session/store.h"

namespace ballast {

// "opened", "approved", "began", "ended", "closed", "ticked", "removed"; with what is told of it.
void record_event(Server& server, Journal& journal, const BreakGlass& session,
                  const std::string& who, std::string_view event, const Json& details = {});

// Which session is open on the stack, for who watches what is done there by hand: the fact
// `session-open`.
void note_what_is_open(Server& server, Journal& journal, SessionStore& store,
                       const std::string& stack);

// Both say what went wrong, in words.
std::vector<std::string> announce_opened(Server& server, const BreakGlass& session);
std::vector<std::string> announce_closed(Server& server, const BreakGlass& session);

}  // namespace ballast
