// Attachments of databases that are upgraded: the pool has all of them first, so that what the new
// release collects can be put back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/work.h"
#include "tools/postgres.h"

namespace ballast {

// Those that the backup before it did not see. What cannot be read is told, not an Error: the
// backup has judged that.
void top_up_pool(Work& work, const std::vector<std::string>& databases, Progress& progress);

}  // namespace ballast
