// The header Retry-After: seconds, or the date of HTTP. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace ballast {

// nullopt when it is neither. What has passed is no wait.
std::optional<Duration> parse_retry_after(std::string_view text, Time now);

}  // namespace ballast
