#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/operation_output.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});
constexpr auto options = std::to_array<Option>({json_option});

Json report_json(const VerifyReport& report, int status) {
  return {{"schema", "ballast.verify/1"},
          {"stack", report.stack},
          {"tag", report.tag},
          {"how", report.how},
          {"passed", report.passed},
          {"checks", results_json(report.checks)},
          {"exit", status}};
}

void show(Output& output, const VerifyReport& report) {
  const auto word =
      report.passed ? output.paint(Colour::green, "good") : output.paint(Colour::red, "not good");
  output.line(fmt::format("{} {}: {}", report.stack, printable(report.tag), word));
  output.line(fmt::format("  asked through {}", printable(report.how)));
  output.text(checks_text(output, report.checks));
}

}  // namespace

constinit const Signature verify_signature{"verify", positionals, options};

int run_verify(Invocation& invocation) {
  const auto report =
      invocation.features().verify(*invocation.progress(), stack_of(invocation.arguments));
  const int status = report.passed ? 0 : exit_status(Kind::verification);
  if (invocation.output.style().json)
    invocation.output.json(report_json(report, status));
  else
    show(invocation.output, report);
  return status;
}

}  // namespace ballast
