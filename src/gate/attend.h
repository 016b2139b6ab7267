// A call from its judgement to its end; the same in the daemon and without one.
#pragma once

#include <functional>
#include <string>

#include "gate/gate_runs.h"
#include "gate/gatekeeper.h"

namespace ballast {

// The last that is heard is the exit status, unless nobody listens any more. `judged` is told of
// every judgement before anything is done.
void attend(Server& server, GateRuns& runs, const GateCall& call, GateListener& listener,
            const std::function<void(const Judged&)>& judged);

}  // namespace ballast
