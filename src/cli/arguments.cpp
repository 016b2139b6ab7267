#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

// The library's own conversions are not ours to mend.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <CLI/CLI.hpp>
#pragma GCC diagnostic pop

namespace ballast {

namespace {

constexpr auto globals = std::to_array<Option>({
    {.name = "--root",
     .value = "DIR",
     .description = "the folder that stands for / (default: BALLAST_ROOT, else /)",
     .completes = Completes::directories},
    {.name = "--quiet", .value = "", .description = "print answers and errors, no progress"},
    {.name = "--no-color", .value = "", .description = "no colours (as NO_COLOR does)"},
    {.name = "--help", .value = "", .description = "print the options and stop", .letter = "-h"},
});

bool is_option_word(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

std::string_view name_of(std::string_view word) { return word.substr(0, word.find('=')); }

const Option* find_option(std::span<const Option> options, std::string_view name) {
  const auto found = std::ranges::find_if(options, [&](const Option& option) {
    return option.name == name || (!option.letter.empty() && option.letter == name);
  });
  return found == options.end() ? nullptr : &*found;
}

std::string help_of(const Signature& signature) {
  return signature.command.empty() ? "ballast --help"
                                   : fmt::format("ballast {} --help", signature.command);
}

Error unknown_option(const Signature& signature, std::span<const Option> options,
                     std::string_view word) {
  std::vector<std::string> names;
  for (const Option& option : options) names.emplace_back(option.name);
  const auto near = nearest(name_of(word), names);
  const auto help = fmt::format("`{}` lists the options", help_of(signature));
  return Error(Kind::usage, fmt::format("unknown option {}", printable(name_of(word))),
               near ? fmt::format("did you mean {}? {}", *near, help) : help);
}

Error missing_value(const Option& option, std::string_view next) {
  const auto message = fmt::format("{} needs a value ({})", option.name, option.value);
  if (!is_option_word(next)) return Error(Kind::usage, message);
  return Error(
      Kind::usage, fmt::format("{}, but {} follows", message, printable(next)),
      fmt::format("a value that begins with `-` is written {}={}", option.name, printable(next)));
}

// The value of one option word is there. Returns how many further words it takes.
std::size_t require_value(const Option& option, std::string_view word, std::string_view next) {
  const bool joined = word.find('=') != std::string_view::npos;
  if (option.value.empty()) {
    if (joined) throw Error(Kind::usage, fmt::format("{} takes no value", option.name));
    return 0;
  }
  if (joined ? word.size() == name_of(word).size() + 1 : next.empty() || is_option_word(next))
    throw missing_value(option, joined ? std::string_view{} : next);
  return joined ? 0 : 1;
}

// CLI11 takes whatever word follows an option as its value, also another option, and takes the next
// word for "--env=": an operator's typing error would become a value. So that is refused before.
void require_values(const Signature& signature, std::span<const Option> options,
                    const std::vector<std::string>& words) {
  for (std::size_t at = 0; at < words.size() && words[at] != separator; ++at) {
    if (!is_option_word(words[at])) continue;
    const Option* option = find_option(options, name_of(words[at]));
    if (option == nullptr) throw unknown_option(signature, options, words[at]);
    const std::string_view next = at + 1 < words.size() ? words[at + 1] : std::string_view{};
    at += require_value(*option, words[at], next);
  }
}

bool asks_for_help(const std::vector<std::string>& words) {
  const auto end = std::ranges::find(words, separator);
  return std::any_of(words.begin(), end,
                     [](const std::string& word) { return word == "--help" || word == "-h"; });
}

CLI::Option* add_option(CLI::App& app, const Option& option) {
  std::string names(option.name);
  if (!option.letter.empty()) names = fmt::format("{},{}", option.letter, option.name);
  if (option.value.empty())
    return app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return app.add_option(names)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

using Handles = std::vector<std::pair<std::string_view, CLI::Option*>>;

Handles describe(CLI::App& app, const Signature& signature, std::span<const Option> options) {
  app.set_help_flag();
  app.allow_extras();
  Handles handles;
  for (const Option& option : options) handles.emplace_back(option.name, add_option(app, option));
  for (const Positional& positional : signature.positionals)
    handles.emplace_back(
        positional.name,
        app.add_option(std::string(positional.name))->expected(1)->allow_extra_args(false));
  return handles;
}

void run_parser(CLI::App& app, std::vector<std::string> words) {
  std::ranges::reverse(words);  // as CLI11 wants them
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    throw Error(Kind::usage, printable(error.what()));
  }
}

void refuse_extra_words(const CLI::App& app, const Signature& signature) {
  for (const std::string& word : app.remaining())
    if (word != separator)
      throw Error(Kind::usage, fmt::format("one word too many: `{}`", printable(word)),
                  "usage: " + usage_of(signature));
}

Arguments collect(const Handles& handles) {
  Arguments arguments;
  for (const auto& [name, handle] : handles)
    for (const std::string& value : handle->results()) arguments.add(name, value);
  return arguments;
}

void check_options(const Arguments& arguments, const Signature& signature,
                   std::span<const Option> options) {
  for (const Option& option : options) {
    const auto count = arguments.values(option.name).size();
    if (count > 1 && !option.repeatable && !option.value.empty())
      throw Error(Kind::usage, fmt::format("{} is given {} times", option.name, count),
                  "give it once");
    if (count == 0 && option.required)
      throw Error(Kind::usage, fmt::format("{} is missing", option.name),
                  "usage: " + usage_of(signature));
  }
}

void check_positionals(const Arguments& arguments, const Signature& signature) {
  for (const Positional& positional : signature.positionals)
    if (positional.required && arguments.text(positional.name).empty())
      throw Error(Kind::usage, fmt::format("no {} was given", positional.name),
                  positional.missing_hint.empty() ? "usage: " + usage_of(signature)
                                                  : std::string(positional.missing_hint));
}

// An empty word is almost always an unset variable of a script ("$TAG").
void refuse_empty_words(const Arguments& arguments, const Signature& signature) {
  for (const Positional& positional : signature.positionals)
    if (arguments.has(positional.name) && arguments.text(positional.name).empty())
      throw Error(Kind::usage, fmt::format("the {} is empty", positional.name),
                  "usage: " + usage_of(signature));
}

std::string with_value(const Option& option) {
  return option.value.empty() ? std::string(option.name)
                              : fmt::format("{} {}", option.name, option.value);
}

// Those behind `--`, of a command that takes them as they are.
std::vector<std::string> take_words(const Signature& signature, std::vector<std::string>& words) {
  const auto found = std::ranges::find(words, separator);
  if (signature.words.empty() || found == words.end()) return {};
  std::vector<std::string> taken(found + 1, words.end());
  words.erase(found, words.end());
  return taken;
}

}  // namespace

std::span<const Option> global_options() { return globals; }

std::vector<Option> options_of(const Signature& signature) {
  std::vector<Option> all(signature.options.begin(), signature.options.end());
  all.insert(all.end(), globals.begin(), globals.end());
  return all;
}

void Arguments::add(std::string_view name, std::string value) {
  values_[std::string(name)].push_back(std::move(value));
}

bool Arguments::has(std::string_view name) const { return values_.contains(name); }

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second.back());
}

std::string Arguments::text(std::string_view name) const { return value(name).value_or(""); }

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

CommandLine split_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    const bool is_option = is_option_word(word);
    const Option* option = is_option ? find_option(globals, name_of(word)) : nullptr;
    // Behind an unknown option nobody can tell whether a word is its value or the command.
    if (line.command || (is_option && option == nullptr)) {
      line.words.insert(line.words.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                        words.end());
      break;
    }
    if (!is_option) {
      line.command = word;
      continue;
    }
    line.words.push_back(word);
    const bool takes_next = !option->value.empty() && word == option->name;
    if (takes_next && at + 1 < words.size()) line.words.push_back(words[++at]);
  }
  return line;
}

Arguments parse_arguments(const Signature& signature, std::vector<std::string> words) {
  Arguments arguments;
  const auto behind = take_words(signature, words);
  if (asks_for_help(words)) {
    arguments.add("--help", "true");
    return arguments;
  }
  const auto options = options_of(signature);
  require_values(signature, options, words);
  CLI::App app;
  const auto handles = describe(app, signature, options);
  run_parser(app, words);
  arguments = collect(handles);
  check_options(arguments, signature, options);
  check_positionals(arguments, signature);
  refuse_extra_words(app, signature);
  refuse_empty_words(arguments, signature);
  for (const std::string& word : behind) arguments.add(separator, word);
  return arguments;
}

std::string require_choice(const Positional& positional, const std::string& word) {
  const std::vector<std::string> known(positional.choices.begin(), positional.choices.end());
  if (std::ranges::find(known, word) != known.end()) return word;
  const auto near = nearest(word, known);
  throw Error(Kind::usage, fmt::format("unknown {} `{}`", positional.name, printable(word)),
              near ? fmt::format("did you mean {}?", *near)
                   : fmt::format("it is one of: {}", join(known, ", ")));
}

std::string usage_of(const Signature& signature) {
  std::string usage = "ballast";
  if (!signature.command.empty()) usage += fmt::format(" {}", signature.command);
  for (const Positional& positional : signature.positionals)
    usage += fmt::format(fmt::runtime(positional.required ? " <{}>" : " [{}]"), positional.name);
  for (const Option& option : signature.options) {
    usage += fmt::format(fmt::runtime(option.required ? " {}" : " [{}]"), with_value(option));
    if (option.repeatable) usage += "...";
  }
  if (!signature.words.empty()) usage += fmt::format(" [-- {}...]", signature.words);
  return usage;
}

std::string option_words(const Option& option) {
  if (option.letter.empty()) return with_value(option);
  return fmt::format("{}, {}", option.letter, with_value(option));
}

}  // namespace ballast
