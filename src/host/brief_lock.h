// A lock that everybody holds for a moment only, and so is waited for.
#pragma once

#include <memory>
#include <string>

#include "host/host.h"

namespace ballast {

// Error(locked) when somebody holds it for longer than `longest_wait`.
std::unique_ptr<Lock> hold_briefly(Host& host, const std::string& path,
                                   const std::string& operation,
                                   Duration longest_wait = std::chrono::seconds(10));

}  // namespace ballast
