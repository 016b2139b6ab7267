#pragma once

#include <string>

namespace ballast {

// The file of this program, to start it once more; after an upgrade the new one.
std::string own_program();

}  // namespace ballast
