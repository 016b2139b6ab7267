#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/program.h"

namespace ballast {

namespace {

constexpr std::string_view head =
    "# fish completion for ballast; ballast completion fish > "
    "~/.config/fish/completions/ballast.fish\n"
    "complete -c ballast -f\n";

std::string fish_word(std::string_view text) {
  return fmt::format("'{}'", replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "\\'"));
}

std::string command_names() {
  std::vector<std::string> names;
  for (const CommandEntry& entry : all_commands()) names.emplace_back(entry.name);
  return join(names, " ");
}

std::string no_command() {
  return fmt::format("'not __fish_seen_subcommand_from {}'", command_names());
}

std::string words_for(Completes completes, std::span<const std::string_view> choices = {}) {
  switch (completes) {
    case Completes::alerts: return "'(ballast completion alerts 2>/dev/null)'";
    case Completes::stacks: return "'(ballast completion stacks 2>/dev/null)'";
    case Completes::gates: return "'(ballast completion gates 2>/dev/null)'";
    case Completes::commands: return fish_word(command_names());
    case Completes::directories: return "'(__fish_complete_directories)'";
    case Completes::nothing: break;
  }
  if (choices.empty()) return {};
  std::vector<std::string> words(choices.begin(), choices.end());
  return fish_word(join(words, " "));
}

std::string option_line(const std::string& condition, const Option& option) {
  std::string line = "complete -c ballast";
  if (!condition.empty()) line += " -n " + condition;
  line += fmt::format(" -l {}", option.name.substr(2));
  if (!option.letter.empty()) line += fmt::format(" -s {}", option.letter.substr(1));
  if (!option.value.empty()) line += " -x";
  const auto words = words_for(option.completes);
  if (!words.empty()) line += " -a " + words;
  return fmt::format("{} -d {}\n", line, fish_word(option.description));
}

std::string positional_line(const std::string& condition, const Positional& positional) {
  const auto words = words_for(positional.completes, positional.choices);
  if (words.empty()) return {};
  return fmt::format("complete -c ballast -n {} -a {} -d {}\n", condition, words,
                     fish_word(positional.name));
}

std::string command_lines(const CommandEntry& entry) {
  const auto condition = fmt::format("'__fish_seen_subcommand_from {}'", entry.name);
  std::string text = fmt::format("complete -c ballast -n {} -a {} -d {}\n", no_command(),
                                 entry.name, fish_word(entry.summary));
  for (const Positional& positional : entry.signature->positionals)
    text += positional_line(condition, positional);
  for (const Option& option : entry.signature->options) text += option_line(condition, option);
  return text;
}

}  // namespace

std::string fish_completion() {
  std::string text(head);
  for (const Option& option : global_options()) text += option_line("", option);
  for (const Option& option : program_signature().options)
    text += option_line(no_command(), option);
  for (const CommandEntry& entry : all_commands()) text += command_lines(entry);
  return text;
}

}  // namespace ballast
