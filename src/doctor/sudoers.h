// What sudoers lets people run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast::doctor {

struct SudoCommand {
  int line = 0;
  std::string who;      // "deploy", or "Cmnd_Alias DEPLOY"
  std::string command;  // with its arguments
};

std::vector<SudoCommand> sudo_commands_in(std::string_view sudoers);
bool has_wildcard(std::string_view command);

}  // namespace ballast::doctor
