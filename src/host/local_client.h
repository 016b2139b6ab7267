// A short question to a program of this machine that listens on a Unix socket.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast {

// All that it answers; the request goes out as it is, with its end mark. nullopt when nobody
// listens there. Error(failed) when it may not be asked, or its answer does not come in time.
std::optional<std::string> ask_local(const std::string& unix_socket, std::string_view request,
                                     Duration deadline);

// An answer that takes its time, line by line, until it ends or `on_line` has enough and returns
// false. False when nobody listens. Error(failed) when it may not be asked, or says nothing for
// longer than `patience`; Error(interrupted) when `goes_on` says so.
bool follow_local(const std::string& unix_socket, std::string_view request, Duration patience,
                  const std::function<bool()>& goes_on,
                  const std::function<bool(std::string_view line)>& on_line);

}  // namespace ballast
