// The image of a tag: from its registry, or as it is on this machine.
#pragma once

#include <string>

#include "live/work.h"

namespace ballast {

// Remembers `repository`, `previous` (what the tag meant here), `digest` and `image`.
// Error(refused) when it cannot be had.
docker::Image pull_image(Work& work, StepRun& run, const std::string& tag);
// `pulled`: the fact of that. Only where a moved tag was pulled over the one that was here: what
// Compose would start by hand tomorrow must be what ran today.
void give_tag_back(Work& work, const Json& pulled, const std::string& tag);

}  // namespace ballast
