// A child from its start to its end. Private to this room.
#pragma once

#include "host/posix_interrupts.h"
#include "host/processes.h"
#include "host/spawn.h"

namespace ballast {

// Feeds it, reads it, ends it at the deadline or when the operator interrupts, and reaps it. Also
// when `on_line` or `on_output` throws: nothing is left running then.
Outcome supervise(const Command& command, Child child, const PosixInterrupts& interrupts);

}  // namespace ballast
