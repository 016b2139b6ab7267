// Whether a running container's folder of addons is the image's, without a process inside it. The
// hash is that of the program in addons.cpp: over each file's name, length and content.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/addons.h"
#include "host/host.h"

namespace ballast {

// True only where it is sure: all were read and are equal. Where false the container is to be
// asked, which can also say what differs: it may be symlinks, or files that this host cannot see.
bool surely_serves(Host& host, const docker::Container& container, const std::string& path,
                   const std::vector<Addon>& wanted);

// Of each folder right in `directory`, by its name. nullopt where the program may see something
// else: a symlink, a file that is closed to others.
std::optional<std::map<std::string, std::string>> addon_hashes(Trees& trees,
                                                               const std::string& directory);

}  // namespace ballast
