// What the kernel answered, as an Error.
#pragma once

#include <string>

#include "base/error.h"

namespace ballast {

std::string error_text(int number);  // "permission denied": lower case, thread-safe
// "<what>: <text of the number>"
Error system_error(const std::string& what, int number);
Error symlink_error(const std::string& path);

}  // namespace ballast
