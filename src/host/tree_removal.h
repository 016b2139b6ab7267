// Removal of whole trees that follows no link and leaves no file system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/descriptor.h"

namespace ballast {

// Without "." and ".."; takes the descriptor over. nullopt, with errno set, on a failure.
std::optional<std::vector<std::string>> try_names_in(Descriptor& folder);
std::vector<std::string> names_in(Descriptor& folder, const std::string& path);
// `path` is for messages only.
void remove_entry(int folder, const std::string& name, const std::string& path);

}  // namespace ballast
