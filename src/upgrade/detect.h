// A generic stack's own question whether its data is to be migrated.
#pragma once

#include <string>

#include "live/work.h"

namespace ballast {

struct Detected {
  bool due = false;
  std::string output;  // secrets masked
};

// Runs `migrate.detect` in the new image, on the stack's network with the release service's
// environment. Without one, another image than the one that runs is taken to need it. Error(failed)
// when it ends with another status than 0 or 1, or not in time: then nothing is known.
Detected detect(Work& work, const docker::Image& image);

}  // namespace ballast
