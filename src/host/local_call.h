// Calling a program of this machine that listens on a Unix socket. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "host/descriptor.h"

namespace ballast {

Error no_local_answer(const std::string& path, Duration deadline);
Error cannot_ask_local(const std::string& path, int number);

// Empty when nobody listens there.
Descriptor connect_at_path(const std::string& path, Duration deadline);
void send_all(const Descriptor& socket, std::string_view bytes, const std::string& path,
              Duration deadline);

}  // namespace ballast
