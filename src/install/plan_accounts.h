// The user of the gate and its group.
#pragma once

#include <vector>

#include "install/plan.h"

namespace ballast {

std::vector<InstallPart> plan_accounts(const ObservedServer& observed);
std::vector<InstallPart> plan_account_removal(const ObservedServer& observed);

}  // namespace ballast
