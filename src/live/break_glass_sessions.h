// Which break-glass sessions there are: what is done by hand on a stack in one of them has its
// record.
#pragma once

#include <vector>

#include "host/disk.h"
#include "model/break_glass.h"
#include "model/paths.h"

namespace ballast {

// Oldest first; what cannot be read is left out.
std::vector<BreakGlass> break_glass_sessions(Disk& disk, const Paths& paths);

}  // namespace ballast
