#include "cli/help.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/invocation.h"
#include "cli/manual.h"
#include "cli/program.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({{.name = "command",
                                                         .description = "which (default: all)",
                                                         .required = false,
                                                         .completes = Completes::commands}});

constexpr auto groups = std::to_array<Group>(
    {Group::releases, Group::backups, Group::looking, Group::care, Group::help});

std::string text_of(Output& output, const Table& table) {
  return table.text(static_cast<std::size_t>(output.columns()), output.colours());
}

std::string titled(Output& output, std::string_view title, const Table& table) {
  if (table.empty()) return {};
  return fmt::format("\n{}\n{}", output.paint(Colour::bold, title), text_of(output, table));
}

Table options_table(std::span<const Option> options) {
  Table table({"", ""}, 2);
  for (const Option& option : options)
    table.row({option_words(option), std::string(option.description)});
  return table;
}

Table commands_table(Group group) {
  Table table({"", ""}, 2);
  for (const CommandEntry& entry : all_commands())
    if (entry.group == group) table.row({std::string(entry.name), std::string(entry.summary)});
  return table;
}

Table positionals_table(const Signature& signature) {
  Table table({"", ""}, 2);
  for (const Positional& positional : signature.positionals)
    table.row({std::string(positional.name), std::string(positional.description)});
  return table;
}

std::string heading(std::string_view line) {
  return std::string(trim(line.substr(line.find_first_not_of('#'))));
}

std::string without_marks(std::string_view line) {
  return replace_all(replace_all(std::string(line), "**", ""), "`", "");
}

}  // namespace

constinit const Signature help_signature{"help", positionals, {}};

std::string overview_text(Output& output) {
  std::string text =
      "ballast deploys Docker Compose stacks by immutable tag, proves every release, and returns\n"
      "to the last good one when it is not.\n\n"
      "usage: ballast [options] <command> [...]\n";
  for (const Group group : groups)
    text += titled(output, group_title(group), commands_table(group));
  text += titled(output, "options", options_table(options_of(program_signature())));
  return text +
         "\n`ballast help <command>` prints its manual, `ballast help ballast` the program's.\n";
}

std::string command_help_text(Output& output, const CommandEntry& entry) {
  const Signature& signature = *entry.signature;
  return fmt::format("{}: {}\n\nusage: {}\n{}{}{}", entry.name, entry.summary, usage_of(signature),
                     titled(output, "words", positionals_table(signature)),
                     titled(output, "options", options_table(signature.options)),
                     titled(output, "options of every command", options_table(global_options()))) +
         fmt::format("\n`ballast help {}` prints the manual.\n", entry.name);
}

std::string manual_text(Output& output, std::string_view markdown) {
  std::string text;
  bool example = false;
  for (const std::string& line : split_lines(markdown)) {
    if (line.starts_with("```"))
      example = !example;
    else if (example)
      text += fmt::format("    {}\n", line);
    else if (line.starts_with('#'))
      text += output.paint(Colour::bold, heading(line)) + "\n";
    else
      text += without_marks(line) + "\n";
  }
  return text;
}

int run_help(Invocation& invocation) {
  Output& output = invocation.output;
  const auto name = invocation.arguments.value("command");
  if (!name) {
    output.text(overview_text(output));
    return 0;
  }
  if (*name != "ballast") require_command(*name);
  const auto manual = manual_of(*name);
  output.text(manual ? manual_text(output, *manual)
                     : command_help_text(output, require_command(*name)));
  return 0;
}

}  // namespace ballast
