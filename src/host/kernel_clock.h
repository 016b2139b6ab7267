// What the kernel knows of its own clock.
#pragma once

#include <optional>

namespace ballast {

// Whether some time service keeps it; nullopt: the kernel does not say.
std::optional<bool> is_kernel_clock_synchronised();

}  // namespace ballast
