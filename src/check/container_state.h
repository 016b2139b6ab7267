// How a container is, in words.
#pragma once

#include <string>

#include "tools/docker.h"

namespace ballast {

// "exited (137, out of memory): why it did not start"
std::string state_text(const docker::Container& container);

}  // namespace ballast
