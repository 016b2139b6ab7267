// A silence in words, for those who print it.
#pragma once

#include <string>

#include "alarm/mute.h"

namespace ballast {

// "Disk Full of shop", "every alert of every stack and the server"
std::string silenced_text(const AlertSilence& silence);

}  // namespace ballast
