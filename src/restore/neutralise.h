// The release's own program, run once on a copy: `odoo neutralize` stops mail and jobs before a
// copy may run anywhere.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "live/work.h"

namespace ballast {

// The variables that the stack gives the release, without those of the image itself.
std::map<std::string, std::string> release_environment(Work& work);

// `where`: image, network and mounts; without an environment the release's. Error(failed) with its
// last words. Of a preset that knows no way to neutralise nothing is run: false.
bool neutralise(Work& work, docker::NewContainer where, const std::string& database);

}  // namespace ballast
