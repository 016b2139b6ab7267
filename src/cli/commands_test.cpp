#include "cli/commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string manual(std::string_view name) { return std::string(manual_of(name).value_or("")); }

std::string section(const std::string& text, const std::string& title) {
  const auto begin = text.find("# " + title + "\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find("\n# ", begin) - begin);
}

std::set<std::string> options_in(const std::string& text) {
  const std::regex form("`(-h, )?(--[a-z-]+)( [A-Z=\\[\\]]+)?`:");
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), form), end; at != end; ++at)
    found.insert((*at)[1].str() + (*at)[2].str() + (*at)[3].str());
  return found;
}

std::set<std::string> words_of(std::span<const Option> options) {
  std::set<std::string> words;
  for (const Option& option : options) words.insert(option_words(option));
  return words;
}

TEST(Commands, EveryOneHasAManualWithAllSections) {
  for (const CommandEntry& entry : all_commands()) {
    SCOPED_TRACE(entry.name);
    const auto page = manual(entry.name);
    for (const char* title :
         {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "EXAMPLES"})
      EXPECT_NE(section(page, title), "") << title;
    EXPECT_TRUE(contains(page, std::string("ballast ") + std::string(entry.name) + " - " +
                                   std::string(entry.summary)));
  }
  EXPECT_NE(manual("ballast"), "");
}

TEST(Commands, ManualsListExactlyTheOptionsThatThereAre) {
  for (const CommandEntry& entry : all_commands()) {
    SCOPED_TRACE(entry.name);
    EXPECT_EQ(options_in(section(manual(entry.name), "OPTIONS")),
              words_of(entry.signature->options));
  }
  const auto program = options_of(program_signature());
  EXPECT_EQ(options_in(section(manual("ballast"), "OPTIONS")), words_of(program));
}

// Without brackets where one form of a command cannot do without it.
bool is_in_synopsis(std::string_view command, const std::string& option) {
  const std::string synopsis = section(manual(command), "SYNOPSIS");
  return contains(synopsis, "[" + option + "]") || contains(synopsis, " " + option + " ");
}

TEST(Commands, SynopsesNameEveryOption) {
  for (const CommandEntry& entry : all_commands())
    for (const Option& option : entry.signature->options)
      EXPECT_TRUE(is_in_synopsis(entry.name, option_words(option)))
          << entry.name << " " << option.name;
}

TEST(Commands, HelpOfEveryOneIsMadeFromItsData) {
  Bench bench;
  for (const CommandEntry& entry : all_commands()) {
    const auto ran = bench.run({std::string(entry.name), "--help"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(contains(ran.output, "usage: " + usage_of(*entry.signature)));
    for (const Option& option : options_of(*entry.signature))
      EXPECT_TRUE(contains(ran.output, option.description)) << entry.name << " " << option.name;
    EXPECT_TRUE(contains(bench.run({"--help"}).output, entry.summary));
    EXPECT_EQ(bench.run({"help", std::string(entry.name)}).status, 0);
  }
}

TEST(Commands, HelpNeedsNoCorrectWordsAndNoRoot) {
  Bench bench;
  bench.machine.variables["BALLAST_ROOT"] = "nonsense";
  EXPECT_EQ(bench.run({"deploy", "-h", "--wrong"}).status, 0);
  EXPECT_EQ(bench.run({"help", "ballast"}).status, 0);
  EXPECT_EQ(bench.run({"--version"}).output.substr(0, 8), "ballast ");
}

TEST(Completion, HoldsEveryCommandAndOption) {
  for (const std::string& script : {bash_completion(), zsh_completion(), fish_completion()})
    for (const CommandEntry& entry : all_commands()) {
      EXPECT_TRUE(contains(script, entry.name));
      for (const Option& option : options_of(*entry.signature))
        EXPECT_TRUE(contains(script, option.name) ||
                    contains(script, "-l " + std::string(option.name.substr(2)) + " "))
            << option.name << " in\n"
            << script;
    }
}

TEST(Completion, AsksForStacksAlertsAndGates) {
  Bench bench;
  bench.script.stacks = {"$(reboot)", "blog", "shop"};
  EXPECT_EQ(bench.run({"completion", "stacks"}).output, "blog\nshop\n");
  EXPECT_EQ(bench.run({"completion", "gates"}).output, "disk-space\n");
  EXPECT_TRUE(bench.run({"completion", "alerts"})
                  .output.starts_with("backup-failed\nbackup-overdue\ncertificate-expiring\n"));
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto script = bench.run({"completion", shell}).output;
    EXPECT_TRUE(contains(script, "ballast completion stacks"));
    EXPECT_TRUE(contains(script, "ballast completion gates"));
    EXPECT_TRUE(contains(script, "ballast completion alerts"));
  }
}

TEST(Manual, ReadsWellOnATerminal) {
  testing::FakeTerminal terminal;
  Output output(terminal, {});
  EXPECT_EQ(manual_text(output, "# NAME\n\nuse `x` **now**\n\n```\nballast `y`\n```\n"),
            "NAME\n\nuse x now\n\n    ballast `y`\n");
}

}  // namespace

}  // namespace ballast
