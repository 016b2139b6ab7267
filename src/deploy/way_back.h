// Whether the stack could be rolled back now, and to what.
#pragma once

#include <optional>
#include <string>

#include "deploy/plan.h"
#include "live/work.h"

namespace ballast {

struct WayBack {
  std::string ready;             // "yes", "no", "unknown"
  std::string because;           // "to sha-a000001, whose image is here"
  std::optional<Time> known_at;  // when it was asked
  bool none_yet = false;         // there is no release before this one that could be missed
  // What would come back: "image"; "data", as the databases have changed since; "image-only", as
  // they have, and there is no copy of them left; empty: not known.
  std::string kind = {};
};

// What stands in .env and what runs, for the choice of `ballast rollback`.
RollbackChoice rollback_choice(const Stack& stack, const Running& running, const std::string& to);

// What `ballast rollback` would choose, as far as images go. `journal` may be null: nothing was
// deployed here yet.
WayBack way_back(Server& server, const Journal* journal, const Stack& stack,
                 const RollbackChoice& choice);

// The same with its kind, by what the releases recorded; no database is asked.
WayBack whole_way_back(Server& server, const Journal* journal, const Stack& stack,
                       const RollbackChoice& choice);

// For the day on which the engine does not answer: asked now and noted, and told as it was.
void note_way_back(Work& work, const std::string& running_image);
WayBack noted_way_back(const Journal& journal, const std::string& stack);

}  // namespace ballast
