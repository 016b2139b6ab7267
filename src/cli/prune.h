// What `ballast prune` and `ballast backup prune` have in common.
#pragma once

#include "cli/invocation.h"
#include "prune/prune.h"

namespace ballast {

// Does it, or only says what would go, and prints the report. The exit status.
int prune_and_tell(Invocation& invocation, const PruneRequest& request);

}  // namespace ballast
