// What is known here of the sets that have reached the off-site remote: offsite/<id>.json beside
// them, so that nobody has to ask the remote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "live/server.h"

namespace ballast {

struct OffsiteNote {
  std::string set;
  std::string remote;  // "offsite:backups"
  Time at{};
};

Json offsite_json(const OffsiteNote& note);
void keep_offsite_note(Server& server, const std::string& stack, const OffsiteNote& note);
// Of one remote; all when it is empty. What cannot be read is left out.
std::vector<OffsiteNote> offsite_notes(Server& server, const std::string& stack,
                                       const std::string& remote);
// Those of sets that are no longer here.
void remove_offsite_notes(Server& server, const std::string& stack,
                          const std::vector<std::string>& sets_here);
// Those of the policy's remote; nullopt when it names none, or when there is no policy to read.
std::optional<std::vector<OffsiteNote>> known_offsite(Server& server, const std::string& stack);
std::optional<OffsiteNote> note_of(const std::vector<OffsiteNote>& notes, const std::string& set);

}  // namespace ballast
