// What the databases of a release look like, kept beside its copies of the stack's files.
#pragma once

#include <string>

#include "live/work.h"

namespace ballast {

// Into `folder`. What cannot be read in a short time is told, and then it is not known later.
void keep_schema(Work& work, const std::string& folder, Progress& progress);

}  // namespace ballast
