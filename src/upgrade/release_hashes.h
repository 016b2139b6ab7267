// Which files the modules of a database are of.
#pragma once

#include "live/module_hashes.h"
#include "live/work.h"

namespace ballast {

// Where nothing was recorded they are those of the image that was last good.
RecordedHashes hashes_before(Work& work);

}  // namespace ballast
