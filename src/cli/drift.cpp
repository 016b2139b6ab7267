#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});
constexpr auto options = std::to_array<Option>(
    {{.name = "--files",
      .value = "",
      .description = "with the lines of text files in the release's containers that differ"},
     json_option});

std::string_view kind_text(docker::ChangeKind kind) {
  switch (kind) {
    case docker::ChangeKind::added: return "added";
    case docker::ChangeKind::removed: return "removed";
    case docker::ChangeKind::changed: return "changed";
  }
  return "";
}

Json time_json(const std::optional<Time>& time) {
  return time ? Json(iso_local(*time)) : Json(nullptr);
}

Json difference_json(const Difference& difference) {
  Json paths = Json::array();
  for (const docker::ChangedPath& one : difference.paths)
    paths.push_back({{"path", one.path}, {"change", kind_text(one.kind)}});
  return {{"what", difference.what},
          {"subject", difference.subject},
          {"text", difference.text()},
          {"was", text_or_null(difference.was)},
          {"is", text_or_null(difference.is)},
          {"changed", time_json(difference.changed)},
          {"changes_release", difference.changes_release},
          {"paths", paths},
          {"patch", text_or_null(difference.patch)}};
}

Json recorded_json(const RecordedFinding& recorded) {
  return {{"at", iso_local(recorded.at)}, {"what", recorded.what},
          {"subject", recorded.subject},  {"text", recorded.text},
          {"who", recorded.who},          {"logged_in", recorded.logged_in}};
}

Json overview_json(const DriftOverview& overview, int status) {
  Json differences = Json::array();
  for (const Difference& one : overview.report.differences)
    differences.push_back(difference_json(one));
  Json recorded = Json::array();
  for (const RecordedFinding& one : overview.recorded) recorded.push_back(recorded_json(one));
  return {{"schema", "ballast.drift/1"},
          {"stack", overview.report.stack},
          {"at", iso_local(overview.report.at)},
          {"release", text_or_null(overview.report.release)},
          {"released", time_json(overview.released)},
          {"modified_by_hand", modified_json(overview.modified)},
          {"differences", differences},
          {"unknown", overview.report.unknown},
          {"recorded", recorded},
          {"exit", status}};
}

std::string heading(Output& output, const DriftOverview& overview) {
  const DriftReport& report = overview.report;
  if (overview.is_none())
    return fmt::format("{}: {}", report.stack,
                       output.paint(Colour::green, "as " + report.release + " was released"));
  const std::string verdict = report.differences.empty() && !overview.modified
                                  ? output.paint(Colour::yellow, "not all is known")
                                  : output.paint(Colour::red, "changed by hand");
  if (!overview.released) return fmt::format("{}: {}", report.stack, verdict);
  return fmt::format("{}: {} since {} was released at {}", report.stack, verdict, report.release,
                     iso_local(*overview.released));
}

Colour colour_of(const std::string& line) {
  if (line.starts_with('+')) return Colour::green;
  return line.starts_with('-') ? Colour::red : Colour::plain;
}

void show_difference(Output& output, const Difference& difference) {
  std::string text = "  " + printable(difference.text());
  if (difference.changed) text += fmt::format(" ({})", iso_local(*difference.changed));
  output.line(text);
  if (difference.what == "files" && difference.patch.empty())
    for (const docker::ChangedPath& one : difference.paths)
      output.line(fmt::format("    {} {}", kind_text(one.kind), printable(one.path)));
  // Made printable where it was made; its tabulators stay.
  for (const std::string& line : split_lines(difference.patch))
    output.line("    " + output.paint(colour_of(line), line));
}

void show(Output& output, const DriftOverview& overview) {
  output.line(heading(output, overview));
  if (overview.modified) output.line("  modified by hand " + printable(overview.modified->text()));
  for (const Difference& one : overview.report.differences) show_difference(output, one);
  for (const std::string& one : overview.report.unknown)
    output.line(fmt::format("  {}: {}", output.paint(Colour::yellow, "unknown"), printable(one)));
  if (overview.recorded.empty()) return;
  output.line("\nrecorded since then:");
  for (const RecordedFinding& one : overview.recorded)
    output.line(
        fmt::format("  {}  {}; {}", iso_local(one.at), printable(one.text), printable(one.who)));
}

}  // namespace

constinit const Signature drift_signature{"drift", positionals, options};

int run_drift(Invocation& invocation) {
  const DriftOverview overview = invocation.features().drift(stack_of(invocation.arguments),
                                                             invocation.arguments.has("--files"));
  const int status = overview.is_none() ? 0 : exit_status(Kind::degraded);
  if (invocation.output.style().json)
    invocation.output.json(overview_json(overview, status));
  else
    show(invocation.output, overview);
  return status;
}

}  // namespace ballast
