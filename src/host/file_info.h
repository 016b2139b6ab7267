#pragma once

#include <sys/stat.h>

#include "host/disk.h"

namespace ballast {

FileInfo info_of(const struct stat& status);

}  // namespace ballast
