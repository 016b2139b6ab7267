// What was changed last, for who is paged: most of what breaks was changed a moment ago.
#pragma once

#include <string>

#include "journal/journal.h"

namespace ballast {

// "sha-a000001 by ken 4 min ago; back: ballast rollback shop"
std::string change_text(const OperationRecord& change, Time now);

}  // namespace ballast
