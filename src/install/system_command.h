// Programs of the system, by their names on the usual path.
#pragma once

#include <string>
#include <vector>

#include "host/processes.h"

namespace ballast {

Command system_command(std::vector<std::string> argv, Duration deadline = std::chrono::seconds(30));
// "exit status 1: <the first line that it wrote>"
std::string failure_text(const Outcome& outcome);
void require_ok(const Outcome& outcome, const std::string& what);  // Error(failed)

}  // namespace ballast
