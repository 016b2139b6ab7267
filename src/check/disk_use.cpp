#include "check/disk_use.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

std::string DiskUse::first_path() const { return paths.substr(0, paths.find(" and ")); }

std::string DiskUse::text() const {
  return fmt::format("{:.0f} % used, {} free", space.used_percent, human_bytes(space.available));
}

std::vector<DiskUse> disk_uses(Disk& disk, const std::vector<std::string>& paths) {
  std::vector<DiskUse> uses;
  for (const std::string& path : paths) {
    const Space space = disk.space(path);
    const auto known = std::ranges::find_if(
        uses, [&](const DiskUse& use) { return use.space.filesystem == space.filesystem; });
    if (known == uses.end())
      uses.push_back({path, space});
    else
      known->paths += " and " + path;
  }
  return uses;
}

}  // namespace ballast
