// The end of long work that a person has interrupted, at a place where nothing is half-done.
#pragma once

#include <string_view>

#include "host/host.h"

namespace ballast {

// Error(interrupted), "interrupted while <what>", once an interrupt asks for it and no undo holds
// it off. Cheap enough for every piece of a stream.
void stop_when_interrupted(Host& host, std::string_view what);

}  // namespace ballast
