// When a command has ended: who is to be told is told, in one place for all commands. Neither its
// exit status nor what it printed depends on it.
#pragma once

#include <optional>

#include "cli/commands.h"
#include "cli/invocation.h"

namespace ballast {

// A few seconds at most. Does nothing for a command that changes nothing.
void tell_after_command(Invocation& invocation, const CommandEntry& entry, int status,
                        const std::optional<Error>& error);

}  // namespace ballast
