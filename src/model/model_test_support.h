// For tests: what an action throws, as "message" or "message | hint".
#pragma once

#include <string>

#include "base/error.h"

namespace ballast {

inline std::string error_text(Kind kind, auto&& action) {
  try {
    action();
  } catch (const Error& error) {
    if (error.kind() != kind) return "another kind: " + error.text();
    return error.hint().empty() ? error.message() : error.message() + " | " + error.hint();
  }
  return "no error";
}

}  // namespace ballast
