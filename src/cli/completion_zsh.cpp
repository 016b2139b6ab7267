#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/program.h"

namespace ballast {

namespace {

constexpr std::string_view helpers = R"sh(#compdef ballast
# zsh completion for ballast; in ~/.zshrc: source <(ballast completion zsh)

_ballast_alerts() {
  local -a names
  names=(${(f)"$(ballast completion alerts 2>/dev/null)"})
  _describe alert names
}

_ballast_stacks() {
  local -a names
  names=(${(f)"$(ballast completion stacks 2>/dev/null)"})
  _describe stack names
}

_ballast_gates() {
  local -a names
  names=(${(f)"$(ballast completion gates 2>/dev/null)"})
  _describe gate names
}

)sh";

constexpr std::string_view tail = R"sh(
if [[ $funcstack[1] == _ballast ]]; then
  _ballast "$@"
else
  compdef _ballast ballast
fi
)sh";

// Inside single quotes, where _arguments reads [ ] : itself.
std::string escaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '[' || byte == ']' || byte == ':' || byte == '\\') escaped += '\\';
    escaped += byte;
  }
  return replace_all(escaped, "'", "'\\''");
}

std::string action_of(Completes completes, std::span<const std::string_view> choices = {}) {
  switch (completes) {
    case Completes::alerts: return "_ballast_alerts";
    case Completes::stacks: return "_ballast_stacks";
    case Completes::gates: return "_ballast_gates";
    case Completes::commands: return "_ballast_commands";
    case Completes::directories: return "_directories";
    case Completes::nothing: break;
  }
  if (choices.empty()) return " ";
  std::vector<std::string> words(choices.begin(), choices.end());
  return fmt::format("({})", join(words, " "));
}

std::string option_spec(const Option& option) {
  const std::string value =
      option.value.empty() ? "" : fmt::format(":{}:{}", option.value, action_of(option.completes));
  const std::string_view joins = option.value.empty() ? "" : "=";
  return fmt::format("'{}{}{}[{}]{}'", option.repeatable ? "*" : "", option.name, joins,
                     escaped(option.description), value);
}

std::string positional_spec(const Positional& positional, std::size_t position) {
  return fmt::format("'{}:{}:{}'", position, positional.name,
                     action_of(positional.completes, positional.choices));
}

std::string commands_function() {
  std::string text = "_ballast_commands() {\n  local -a commands\n  commands=(\n";
  for (const CommandEntry& entry : all_commands())
    text += fmt::format("    '{}:{}'\n", entry.name, escaped(entry.summary));
  return text + "  )\n  _describe command commands\n}\n\n";
}

std::string specs_of(const Signature& signature) {
  std::string text;
  for (const Option& option : options_of(signature))
    text += fmt::format(" \\\n        {}", option_spec(option));
  std::size_t position = 0;
  for (const Positional& positional : signature.positionals)
    text += fmt::format(" \\\n        {}", positional_spec(positional, ++position));
  return text;
}

std::string main_function() {
  std::string text =
      "_ballast() {\n  local context state state_descr line\n  typeset -A opt_args\n";
  text += fmt::format(
      "  _arguments -C{} \\\n        '1:command:_ballast_commands' "
      "'*::argument:->arguments' && return\n",
      specs_of(program_signature()));
  text += "  [[ $state == arguments ]] || return 1\n  case $words[1] in\n";
  for (const CommandEntry& entry : all_commands())
    text += fmt::format("    {})\n      _arguments{} ;;\n", entry.name, specs_of(*entry.signature));
  return text + "  esac\n}\n";
}

}  // namespace

std::string zsh_completion() {
  return std::string(helpers) + commands_function() + main_function() + std::string(tail);
}

}  // namespace ballast
