#include "model/offsite_plan.h"

#include <ranges>

namespace ballast {

std::vector<std::string> sets_to_send(std::span<const SetHere> here,
                                      const std::map<std::string, std::uint64_t>& manifests_there) {
  std::vector<std::string> ids;
  for (const SetHere& set : std::views::reverse(here)) {
    const bool is_newest = &set == &here.back();
    const auto there = manifests_there.find(set.id);
    const bool is_there = there != manifests_there.end() && there->second == set.manifest_size;
    if (set.readable && !is_there && (set.complete || is_newest)) ids.push_back(set.id);
  }
  return ids;
}

}  // namespace ballast
