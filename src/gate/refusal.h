#pragma once

#include <string>

namespace ballast {

// Why a call is not let through. Both texts can go to any terminal: nothing of what came in stands
// in them that was not found to be harmless.
struct Refusal {
  std::string reason;
  std::string hint;
};

}  // namespace ballast
