// The files of a container that are not as in its image: by `docker diff`, and in the anonymous
// volumes that an image puts over its own code, which `docker diff` does not show.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "session/observation.h"

namespace ballast {

struct DifferenceTerms {
  std::string label;                 // of a container that is made of the image, and removed
  bool has_code_in_volumes = false;  // anonymous volumes are looked at
  std::vector<std::string> data;     // paths that keep data: no code
};

std::map<std::string, ObservedFile> different_from_image(Server& server,
                                                         const docker::Container& container,
                                                         const DifferenceTerms& terms);

}  // namespace ballast
