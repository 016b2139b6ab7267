#include "cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/version.h"
#include "cli/after.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/invocation.h"

namespace ballast {

namespace {

constexpr auto options = std::to_array<Option>(
    {{.name = "--version", .value = "", .description = "print the version and stop"}});

constinit const Signature signature{"", {}, options};

bool has_word(const std::vector<std::string>& words, std::string_view wanted) {
  const auto end = std::ranges::find(words, "--");
  return std::find(words.begin(), end, wanted) != end;
}

// Read before the words are understood, so that an error in them is printed as it was asked for.
OutputStyle style_of(Host& host, const std::vector<std::string>& words) {
  const auto no_color = host.machine.variable("NO_COLOR");
  return {.quiet = has_word(words, "--quiet"),
          .json = has_word(words, "--json"),
          .colour = !has_word(words, "--no-color") && (!no_color || no_color->empty())};
}

int run_without_command(Output& output, const std::vector<std::string>& words) {
  const auto arguments = parse_arguments(signature, words);
  if (arguments.has("--version")) {
    output.line(fmt::format("ballast {}", version));
    return 0;
  }
  if (!arguments.has("--help"))
    throw Error(Kind::usage, "no command was given", "`ballast --help` lists the commands");
  output.text(overview_text(output));
  return 0;
}

// What lasts until all is told of a command.
struct Session {
  const CommandEntry* entry = nullptr;
  std::optional<Arguments> arguments;
  std::optional<Invocation> invocation;
  std::optional<Error> error;
};

int run_command(Host& host, Output& output, const std::vector<std::string>& words,
                const MakeFeatures& make, Session& session) {
  const auto line = split_command_line(words);
  if (!line.command) return run_without_command(output, line.words);
  session.entry = &require_command(*line.command);
  session.arguments = parse_arguments(*session.entry->signature, line.words);
  if (session.arguments->has("--help")) {
    output.text(command_help_text(output, *session.entry));
    return 0;
  }
  session.invocation.emplace(host, output, *session.arguments, make);
  return session.entry->run(*session.invocation);
}

int run_to_its_end(Host& host, Output& output, const std::vector<std::string>& words,
                   const MakeFeatures& make, Session& session) {
  try {
    return output.finished(run_command(host, output, words, make, session));
  } catch (const Error& error) {
    session.error = error;
  } catch (const std::exception& exception) {
    session.error = Error(Kind::failed, fmt::format("internal error: {}", exception.what()),
                          "this is a fault of ballast itself: please report it");
  }
  return output.error(*session.error);
}

}  // namespace

const Signature& program_signature() { return signature; }

int run_program(Host& host, const std::vector<std::string>& words, const MakeFeatures& make) {
  Output output(host.terminal, style_of(host, words));
  Session session;
  const int status = run_to_its_end(host, output, words, make, session);
  if (session.invocation)
    tell_after_command(*session.invocation, *session.entry, status, session.error);
  return status;
}

}  // namespace ballast
