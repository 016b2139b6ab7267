// Which sets go to the off-site remote: a plan over plain data.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ballast {

struct SetHere {
  std::string id;
  bool complete = false;
  bool readable = true;             // its manifest
  std::uint64_t manifest_size = 0;  // bytes
};

// What the remote lacks, the newest first: of what is at risk most that comes first. A manifest of
// another size is one that was cut off. Incomplete sets stay here, but for the newest set: it is
// better than what is older.
std::vector<std::string> sets_to_send(std::span<const SetHere> here,  // oldest first
                                      const std::map<std::string, std::uint64_t>& manifests_there);

}  // namespace ballast
