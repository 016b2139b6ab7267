// Waiting for a descriptor that another library owns.
#pragma once

#include <string>

#include "base/time.h"

namespace ballast {

enum class Awaited { readable, writable };

// False when it is not so by then.
bool await_descriptor(int descriptor, Awaited wanted, Monotonic until);

// Whether this names a network address by digits, so that nobody has to be asked what it means.
bool is_address(const std::string& host);

}  // namespace ballast
