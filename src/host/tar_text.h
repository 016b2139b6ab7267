// A small tar archive that is in memory, as an engine hands out a file or a folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/disk.h"

namespace ballast {

struct TarMember {
  std::string name;  // as it stands in the archive
  FileType type = FileType::other;
  std::string content;     // of a regular file; a hard link is none
  std::uint64_t size = 0;  // of that content
};

// Error(failed) when it is no sound tar archive.
std::vector<TarMember> tar_members(std::string_view bytes);

// The first of them, without the content where that is of more than `limit` bytes: `bytes` may end
// in it then. nullopt: there is none, or it is cut off.
std::optional<TarMember> first_tar_member(std::string_view bytes, std::uint64_t limit);

}  // namespace ballast
