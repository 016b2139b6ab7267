// What was changed last, for who is paged: most of what breaks was changed a moment ago.
#pragma once

#include <string>

#include "live/modified_by_hand.h"

namespace ballast {

// "sha-a000001 by ken 4 min ago; back: ballast rollback shop", and what was changed by hand since.
std::string change_text(const OperationRecord& change,
                        const std::optional<ModifiedByHand>& modified, Time now);

}  // namespace ballast
