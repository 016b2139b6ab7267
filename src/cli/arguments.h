// The words of a command line, described as data: parsing, --help, completion and the test of the
// manual pages all read the same arrays.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace ballast {

// What a shell offers for a word.
enum class Completes { nothing, alerts, stacks, gates, commands, directories };

struct Positional {
  std::string_view name;  // "stack"
  std::string_view description;
  bool required = true;
  Completes completes = Completes::nothing;
  std::span<const std::string_view> choices{};  // offered and shown; empty: any word
  std::string_view missing_hint{};              // empty: the usage line
};

struct Option {
  std::string_view name;   // "--env"
  std::string_view value;  // "ENV"; empty: a flag
  std::string_view description;
  bool required = false;
  bool repeatable = false;
  Completes completes = Completes::nothing;
  std::string_view letter{};  // "-h"
};

struct Signature {
  std::string_view command;  // "deploy"; empty: the program without a command
  std::span<const Positional> positionals{};
  std::span<const Option> options{};
  std::string_view
      words{};  // "COMMAND": what stands behind `--` is no word of its own; empty: it is
};

// Every command takes them, before or behind its name.
std::span<const Option> global_options();
std::vector<Option> options_of(const Signature& signature);  // its own, then the global ones

class Arguments {
 public:
  void add(std::string_view name, std::string value);
  bool has(std::string_view name) const;
  std::optional<std::string> value(std::string_view name) const;  // "--env" or "stack"
  std::string text(std::string_view name) const;                  // empty when it was not given
  std::vector<std::string> values(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct CommandLine {
  std::optional<std::string> command;
  std::vector<std::string> words;  // all others, in their order
};
// Under which name Arguments have the words behind `--` of a command that takes them so.
inline constexpr std::string_view separator = "--";

// Finds the command: the first word that is neither a global option nor its value.
CommandLine split_command_line(const std::vector<std::string>& words);

// Error(usage) that names the word, with the nearest known one or the usage in its hint.
// With --help among the words only that is returned: help needs no correct words.
Arguments parse_arguments(const Signature& signature, std::vector<std::string> words);

// The word, when it is one of the choices; else Error(usage).
std::string require_choice(const Positional& positional, const std::string& word);

// "ballast deploy <stack> <tag> [--env ENV] [--override GATE]..."
std::string usage_of(const Signature& signature);
// "--env ENV", "-h, --help"
std::string option_words(const Option& option);

}  // namespace ballast
