// What a container changes in itself when it begins is nobody's doing.
#pragma once

#include "drift/book.h"

namespace ballast {

// With those of the release's containers that an operation made since we watch, and nobody touched;
// without those of containers that are gone. `state` is what is known so far.
OwnPaths own_paths(Server& server, const Stack& stack, const Journal& journal,
                   const DriftState& state, Time watched_since);

}  // namespace ballast
