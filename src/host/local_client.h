// A short question to a program of this machine that listens on a Unix socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast {

// All that it answers; the request goes out as it is, with its end mark. nullopt when nobody
// listens there. Error(failed) when it may not be asked, or its answer does not come in time.
std::optional<std::string> ask_local(const std::string& unix_socket, std::string_view request,
                                     Duration deadline);

}  // namespace ballast
