// What calls the schedule, one of three, and who reads the files anew.
#pragma once

#include <vector>

#include "install/plan.h"

namespace ballast {

// Before the files, since a unit that is gone cannot be disabled.
std::vector<InstallPart> plan_others_disabled(const InstallLayout& layout,
                                              const ObservedServer& observed);
std::vector<InstallPart> plan_service_removal(const ObservedServer& observed);
// After the files, whose parts tell what changed.
std::vector<InstallPart> plan_reloads(const ObservedServer& observed,
                                      const std::vector<InstallPart>& files);
std::vector<InstallPart> plan_starter(const InstallLayout& layout, const ObservedServer& observed);

}  // namespace ballast
