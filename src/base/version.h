#pragma once

#include <string_view>

namespace ballast {

// Set by the build from the project's version.
#ifndef BALLAST_VERSION
#define BALLAST_VERSION "0.0.0"
#endif
inline constexpr std::string_view version = BALLAST_VERSION;

}  // namespace ballast
