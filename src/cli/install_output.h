// What an installation did, or would do, as people and programs read it.
#pragma once

#include "cli/invocation.h"
#include "install/install.h"

namespace ballast {

// The exit status. Error(refused) when something stands in the way, but with --json.
int tell_of_installation(Invocation& invocation, const InstallReport& report);

}  // namespace ballast
