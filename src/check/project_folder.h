// Compose tells projects apart by name alone: two stacks of one name on one engine take each
// other's containers for their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/disk.h"
#include "tools/docker.h"

namespace ballast {

// The folder that one of these containers was made from, when another stack still stands there. A
// stack that was moved has left no compose file behind: that is none.
std::optional<std::string> folder_of_another_stack(
    Disk& disk, const std::string& directory, const std::vector<docker::Container>& containers);

}  // namespace ballast
