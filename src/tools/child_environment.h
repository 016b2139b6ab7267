#pragma once

#include <map>
#include <string>

#include "host/machine.h"

namespace ballast {

// What a Ballast that is started as a child needs of our environment: where the engine and Compose
// are found, and what rclone needs for the off-site copy.
std::map<std::string, std::string> child_environment(Machine& machine);

}  // namespace ballast
