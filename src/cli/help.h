// The short help, made from the same data as the parser.
#pragma once

#include <string>

#include "cli/commands.h"
#include "cli/output.h"

namespace ballast {

std::string overview_text(Output& output);  // `ballast --help`
std::string command_help_text(Output& output,
                              const CommandEntry& entry);  // `ballast deploy --help`
// A manual page, which is Markdown, as it reads best on a terminal.
std::string manual_text(Output& output, std::string_view markdown);

}  // namespace ballast
