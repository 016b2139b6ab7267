// A small tar archive that is in memory as a whole, as an engine hands out a folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/disk.h"

namespace ballast {

struct TarMember {
  std::string name;  // as it stands in the archive
  FileType type = FileType::other;
  std::string content;  // of a regular file; a hard link is none
};

// Error(failed) when it is no sound tar archive.
std::vector<TarMember> tar_members(std::string_view bytes);

}  // namespace ballast
