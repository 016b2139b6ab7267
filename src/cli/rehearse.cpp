#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "model/names.h"
#include "upgrade/rehearsal.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    stack_positional,
    {.name = "tag", .description = "tag of the image, such as sha-a1b2c3d"},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--set",
     .value = "ID",
     .description = "the set that copies are made of (default: the newest complete one)"},
    {.name = "--upgrade",
     .value = "MODULES",
     .description = "what is upgraded: all, none, or modules with commas between (default: what "
                    "the release needs)"},
    operator_option,
    wait_option,
    json_option,
});

long long count_of(const UpgradeOutcome& outcome, bool errors) {
  return std::ranges::count_if(
      outcome.findings, [&](const LogFinding& finding) { return finding.is_error() == errors; });
}

std::vector<Cell> row_of(const RehearsedDatabase& database) {
  const UpgradeOutcome& outcome = database.outcome;
  return {Cell(printable(name_of(database))),
          outcome.passed() ? Cell("passed", Colour::green) : Cell("failed", Colour::red),
          Cell(database.upgraded ? human_duration(outcome.elapsed) : "not due"),
          Cell(std::to_string(count_of(outcome, false))),
          Cell(std::to_string(count_of(outcome, true))),
          Cell(std::to_string(outcome.left.size())),
          Cell(std::to_string(database.changes.size())),
          Cell(std::to_string(database.checks.size()))};
}

void show(Output& output, const RehearsalReport& report) {
  output.line(fmt::format(
      "{} {} on copies of {}: {}", report.stack, report.tag, report.set,
      report.passed ? output.paint(Colour::green, "passed") : output.paint(Colour::red, "failed")));
  Table table({"database", "result", "upgrade", "warnings", "errors", "left", "changes", "checks"});
  for (const RehearsedDatabase& database : report.databases) table.row(row_of(database));
  table.print(output);
  for (const std::string& line : rehearsal_lines(report)) output.line("  " + printable(line));
}

}  // namespace

constinit const Signature rehearse_signature{"rehearse", positionals, options};

int run_rehearse(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const RehearseRequest request{.stack = stack_of(arguments),
                                .tag = arguments.text("tag"),
                                .set = arguments.text("--set"),
                                .upgrade = arguments.text("--upgrade"),
                                .operator_name = operator_of(invocation),
                                .wait = wait_of(arguments)};
  require_tag(request.tag);
  const RehearsalReport report = invocation.features().rehearse(*invocation.progress(), request);
  invocation.note_trouble(report.trouble);
  const int status = report.passed ? 0 : exit_status(Kind::verification);
  if (!invocation.output.style().json) {
    show(invocation.output, report);
    return status;
  }
  Json json = report_json(report);
  json["exit"] = status;
  invocation.output.json(json);
  return status;
}

}  // namespace ballast
