// A walk over a folder and all below it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/trees.h"

namespace ballast {

void walk_tree(const std::string& directory, const std::function<bool(const TreeEntry&)>& visit);
std::vector<SizedName> regular_files_in(const Below& folder);

}  // namespace ballast
