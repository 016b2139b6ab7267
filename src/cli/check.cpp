#include <array>

#include "cli/check_output.h"
#include "cli/commands.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});
constexpr auto options = std::to_array<Option>(
    {json_option,
     {.name = "--nagios",
      .value = "",
      .description = "print one line with figures, exit 0 to 3, as monitoring plugins do"}});

// A monitoring system takes 2 for critical; what could not be asked is 3 there.
int run_as_plugin(Invocation& invocation, const std::string& stack) {
  try {
    const RoundReport report = invocation.features().check(stack);
    invocation.output.line(plugin_line(report));
    return plugin_status(report);
  } catch (const Error& error) {
    invocation.output.line(plugin_line(stack, error));
    return plugin_unknown;
  }
}

}  // namespace

constinit const Signature check_signature{"check", positionals, options};

int run_check(Invocation& invocation) {
  const std::string stack = stack_of(invocation.arguments);
  const bool as_plugin = invocation.arguments.has("--nagios");
  if (as_plugin && invocation.output.style().json)
    throw Error(Kind::usage, "--json and --nagios are two forms of one answer", "choose one");
  if (as_plugin) return run_as_plugin(invocation, stack);
  const RoundReport report = invocation.features().check(stack);
  const int status = report.all_good() ? 0 : exit_status(Kind::degraded);
  if (invocation.output.style().json)
    invocation.output.json(round_json(report, status));
  else
    show_round(invocation.output, report);
  return status;
}

}  // namespace ballast
