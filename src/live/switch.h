// Moves a stack to a tag, and back to exactly what ran before.
#pragma once

#include <string>
#include <vector>

#include "live/composer.h"
#include "live/verify.h"

namespace ballast {

// What ran before a change; kept as a step's fact.
struct Before {
  std::string tag;                             // of .env
  std::string image_id;                        // of the container that ran; empty: nothing ran
  std::string image;                           // repository:tag that the container was made from
  bool was_good = false;                       // it ran and answered
  std::vector<std::string> anonymous_volumes;  // of its container: nobody's once it is replaced

  bool ran() const { return !image_id.empty(); }
};
Json before_json(const Before& before);
Before before_from_json(const Json& json);
Before observe_before(const Inspection& inspection, const Running& running);

// The tag line alone, atomically; the file is read anew, so that an edit of a moment ago is not
// lost.
void write_tag(Server& server, const Stack& stack, const std::string& tag);

// repository:tag means this image again. Error(failed) when the image is gone.
void ensure_image(Server& server, const std::string& repository, const std::string& tag,
                  const std::string& image_id);

// Generation one of Compose leaves them behind, a gigabyte of addons with each release. Those in
// use stay.
void remove_volumes(Server& server, const std::vector<std::string>& names);

// The release service with what the files say; the whole stack when `all`. Clears away what a
// broken run of Compose left (containers that do not run, names with an id before them), and gives
// the service its name.
void bring_up(Server& server, const Stack& stack, Composer& composer, bool all, Progress& progress);

// Whether the engine may still be doing what a Compose asked of it that was cut off, such as
// stopping what runs.
enum class EngineWork { none, perhaps };

// Files, tag, image and containers as they were, verified. A release that was not good before only
// has to run. `stack` is read after the files are back.
void return_to(Inspection& inspection, Composer& composer, const Before& before, EngineWork work,
               Progress& progress);

}  // namespace ballast
