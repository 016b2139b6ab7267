// How full the file systems are that a stack needs.
#pragma once

#include <string>
#include <vector>

#include "host/disk.h"

namespace ballast {

struct DiskUse {
  std::string paths;  // "/srv/stacks/shop and /var/lib/docker" where they are on one
  Space space;

  std::string first_path() const;
  std::string text() const;  // "81 % used, 12.4 GB free"
};

// Of each file system once, in the order of the paths.
std::vector<DiskUse> disk_uses(Disk& disk, const std::vector<std::string>& paths);

}  // namespace ballast
