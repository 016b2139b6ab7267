// Completion scripts, made from the table of commands. Names of stacks, alerts and gates are asked
// of the program at the moment they are needed (`ballast completion stacks`).
#pragma once

#include <string>

namespace ballast {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace ballast
