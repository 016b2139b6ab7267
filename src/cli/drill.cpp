#include "restore/drill.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    stack_positional,
    {.name = "set",
     .description = "the set, the beginning of its name, or latest (default)",
     .required = false},
});

constexpr auto options = std::to_array<Option>({operator_option, wait_option, json_option});

void show(Output& output, const DrillReport& report) {
  output.line(fmt::format(
      "{} {}: {}, restored in {}, the data {}", report.stack, report.set,
      report.passed ? output.paint(Colour::green, "passed") : output.paint(Colour::red, "failed"),
      human_duration(report.restored),
      report.age ? human_duration(*report.age) + " old" : "of unknown age: a clock was wrong"));
  if (report.passed) return;
  output.line("  " + printable(report.trouble));
  for (const std::string& line : report.checks) output.line("  " + printable(line));
}

}  // namespace

constinit const Signature drill_signature{"drill", positionals, options};

int run_drill(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const DrillReport report = invocation.features().drill(
      *invocation.progress(), {.stack = stack_of(arguments),
                               .set = arguments.has("set") ? arguments.text("set") : "latest",
                               .operator_name = operator_of(invocation),
                               .wait = wait_of(arguments)});
  invocation.note_trouble(report.trouble);
  const int status = report.passed ? 0 : exit_status(Kind::verification);
  if (!invocation.output.style().json) {
    show(invocation.output, report);
    return status;
  }
  Json json = drill_json(report);
  json["exit"] = status;
  invocation.output.json(json);
  return status;
}

}  // namespace ballast
