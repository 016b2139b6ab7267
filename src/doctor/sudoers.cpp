#include "doctor/sudoers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast::doctor {

namespace {

constexpr std::array no_commands{"Defaults", "User_Alias", "Runas_Alias", "Host_Alias",
                                 "#include", "@include",   "#",           "#includedir"};

bool names_commands(std::string_view line) {
  return !line.empty() && std::ranges::none_of(no_commands, [&](const char* word) {
    return line.starts_with(word);
  });
}

// At commas that no backslash stands before, and that are in no brackets.
std::vector<std::string> split_commands(std::string_view text) {
  std::vector<std::string> commands{""};
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      commands.back() += text[at];
      commands.back() += text[++at];
    } else if (text[at] == ',') {
      commands.emplace_back();
    } else {
      commands.back() += text[at];
    }
  }
  return commands;
}

// "(root) NOPASSWD: SETENV: /usr/bin/docker ps" without what stands before the path.
std::string without_tags(std::string_view command) {
  command = trim(command);
  if (command.starts_with('(')) {
    const auto end = command.find(')');
    command = trim(command.substr(end == std::string_view::npos ? 0 : end + 1));
  }
  while (true) {
    const auto blank = std::min(command.find_first_of(" \t:"), command.size());
    if (blank == command.size() || command[blank] != ':') break;
    command = trim(command.substr(blank + 1));
  }
  return std::string(command);
}

void add_commands(std::vector<SudoCommand>& found, int line, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return;
  const auto words = split_words(text.substr(0, equals));
  if (words.empty()) return;
  const bool is_alias = words[0] == "Cmnd_Alias" && words.size() > 1;
  const std::string who = is_alias ? words[0] + " " + words[1] : words[0];
  for (const std::string& command : split_commands(text.substr(equals + 1)))
    found.push_back({.line = line, .who = who, .command = without_tags(command)});
}

// sudo takes arguments between `^` and `$` for a regular expression.
bool is_wide_expression(std::string_view arguments) {
  return arguments.find(".*") != std::string_view::npos ||
         arguments.find(".+") != std::string_view::npos;
}

}  // namespace

std::vector<SudoCommand> sudo_commands_in(std::string_view sudoers) {
  std::vector<SudoCommand> found;
  std::string whole;
  int begin = 0;
  int number = 0;
  for (const std::string& line : split_lines(sudoers)) {
    ++number;
    if (whole.empty()) begin = number;
    if (line.ends_with('\\')) {
      whole += line.substr(0, line.size() - 1) + " ";
      continue;
    }
    whole += line;
    if (const std::string_view text = trim(whole); names_commands(text))
      add_commands(found, begin, text);
    whole.clear();
  }
  return found;
}

bool has_wildcard(std::string_view command) {
  const auto arguments = command.find(" ^");
  if (arguments != std::string_view::npos)
    return is_wide_expression(command.substr(arguments)) ||
           has_wildcard(command.substr(0, arguments));
  for (std::size_t at = 0; at < command.size(); ++at) {
    if (command[at] == '\\')
      ++at;
    else if (command[at] == '*' || command[at] == '?' || command[at] == '[')
      return true;
  }
  return false;
}

}  // namespace ballast::doctor
