#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/program.h"

namespace ballast {

namespace {

constexpr std::string_view head =
    R"sh(# bash completion for ballast; in ~/.bashrc: eval "$(ballast completion bash)"
_ballast() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command= count=0 words= index
  [[ $current == = ]] && current=
  [[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD-2]}
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case ${COMP_WORDS[index]} in
)sh";

constexpr std::string_view count_words = R"sh(      =|-*) ;;
      *) if [[ -z $command ]]; then command=${COMP_WORDS[index]}; else ((++count)); fi ;;
    esac
  done
  case $previous in
)sh";

constexpr std::string_view tail = R"sh(  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _ballast ballast
)sh";

std::vector<Option> all_options() {
  auto all = options_of(program_signature());
  for (const CommandEntry& entry : all_commands())
    all.insert(all.end(), entry.signature->options.begin(), entry.signature->options.end());
  return all;
}

std::string names_with_value(Completes completes) {
  std::vector<std::string> names;
  for (const Option& option : all_options())
    if (!option.value.empty() && option.completes == completes &&
        std::ranges::find(names, option.name) == names.end())
      names.emplace_back(option.name);
  return join(names, "|");
}

std::string words_of_options(const std::vector<Option>& options) {
  std::vector<std::string> names;
  for (const Option& option : options) names.emplace_back(option.name);
  return join(names, " ");
}

std::string command_names() {
  std::vector<std::string> names;
  for (const CommandEntry& entry : all_commands()) names.emplace_back(entry.name);
  return join(names, " ");
}

std::string words_for(const Positional& positional) {
  if (positional.completes == Completes::stacks) return "$(ballast completion stacks 2>/dev/null)";
  if (positional.completes == Completes::alerts) return "$(ballast completion alerts 2>/dev/null)";
  if (positional.completes == Completes::commands) return command_names();
  std::vector<std::string> choices(positional.choices.begin(), positional.choices.end());
  return join(choices, " ");
}

std::string skip_values() {
  return fmt::format(
      "      {}|{}|{}) [[ ${{COMP_WORDS[index+1]}} == = ]] && ((++index)); ((++index)) ;;\n",
      names_with_value(Completes::nothing), names_with_value(Completes::gates),
      names_with_value(Completes::directories));
}

std::string value_cases() {
  return fmt::format(
      "    {}) words=$(ballast completion gates 2>/dev/null) ;;\n"
      "    {}) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
      "    {}) return ;;\n"
      "    *)\n",
      names_with_value(Completes::gates), names_with_value(Completes::directories),
      names_with_value(Completes::nothing));
}

std::string positional_cases() {
  std::string text = "      case $command:$count in\n";
  text += fmt::format("        :0) words=\"{}\" ;;\n", command_names());
  for (const CommandEntry& entry : all_commands()) {
    std::size_t position = 0;
    for (const Positional& positional : entry.signature->positionals) {
      const auto words = words_for(positional);
      if (!words.empty())
        text += fmt::format("        {}:{}) words=\"{}\" ;;\n", entry.name, position, words);
      ++position;
    }
  }
  return text + "      esac\n";
}

std::string option_cases() {
  std::string text = "      [[ $current == -* ]] && case $command in\n";
  text += fmt::format("        '') words=\"{}\" ;;\n",
                      words_of_options(options_of(program_signature())));
  for (const CommandEntry& entry : all_commands())
    text += fmt::format("        {}) words=\"{}\" ;;\n", entry.name,
                        words_of_options(options_of(*entry.signature)));
  return text + "      esac\n    ;;\n  esac\n";
}

}  // namespace

std::string bash_completion() {
  return std::string(head) + skip_values() + std::string(count_words) + value_cases() +
         positional_cases() + option_cases() + std::string(tail);
}

}  // namespace ballast
