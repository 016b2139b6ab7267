// What the proof of a release on several copies says of each of them. Pure.
#pragma once

#include <vector>

#include "live/verify.h"
#include "upgrade/rehearsal_report.h"

namespace ballast {

// Each copy has the checks that are about it, and those about the release itself, which it shares.
// `is_alive`: the release still ran at the end.
void take_verdicts(const Verification& verification, bool is_alive,
                   std::vector<RehearsedDatabase>& copies);

}  // namespace ballast
