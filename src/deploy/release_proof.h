// What the steps that prove a release say of it.
#pragma once

#include <string>

#include "live/verify.h"
#include "live/work.h"

namespace ballast::steps {

inline constexpr int shown_log_lines = 20;

Error not_good(const Work& work, const Verification& verification, const std::string& where);
std::string pass_summary(const Verification& verification);

}  // namespace ballast::steps
