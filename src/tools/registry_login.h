// The credentials that `docker login` left, as the Engine wants them in a header.
#pragma once

#include <string>

#include "host/host.h"

namespace ballast {

// The value of X-Registry-Auth; empty when nobody logged in to this registry. Never to be shown.
std::string registry_login(Host& host, const std::string& registry);

}  // namespace ballast
