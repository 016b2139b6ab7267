// The metrics of one stack. Pure.
#pragma once

#include "daemon/exposition.h"
#include "daemon/snapshot.h"

namespace ballast {

// What was not looked at, or could not be had, is left out: 0 is an answer.
void add_stack_metrics(Exposition& page, const StackSnapshot& stack);

}  // namespace ballast
