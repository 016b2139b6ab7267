// What a fuzz target requires of the code that it drives.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace ballast {

inline std::string_view fuzz_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Not assert(), which a release build leaves out.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace ballast
