#pragma once

namespace ballast {

// A zombie does not run: it only waits for its parent.
bool process_runs(long long pid);

}  // namespace ballast
