#include "cli/operation_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/table.h"

namespace ballast {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

double seconds_of(Duration duration) { return static_cast<double>(duration.count()) / 1000.0; }

Json seconds_or_null(const std::optional<Duration>& duration) {
  return duration ? Json(seconds_of(*duration)) : Json(nullptr);
}

Json result_json(const OperationResult& result, std::string_view kind) {
  return {{"schema", fmt::format("ballast.{}/1", kind)},
          {"operation", result.operation},
          {"stack", result.stack},
          {"tag", result.tag},
          {"digest", text_or_null(result.digest)},
          {"previous_tag", text_or_null(result.previous_tag)},
          {"checks", results_json(result.checks)},
          {"seconds", seconds_of(result.elapsed)},
          {"outage_seconds", seconds_or_null(result.outage)},
          {"expected_outage_seconds", seconds_or_null(result.expected_outage)},
          {"note", text_or_null(result.note)},
          {"exit", 0}};
}

std::string outage_of(const OperationResult& result) {
  if (!result.outage) return {};
  const std::string text = ", outage " + human_duration(*result.outage);
  return result.expected_outage
             ? fmt::format("{} (expected {})", text, human_duration(*result.expected_outage))
             : text;
}

std::string closing_line(const OperationResult& result, std::string_view kind) {
  const std::string tag = printable(result.tag);
  const std::string time = human_duration(result.elapsed);
  if (kind == "adopt") return fmt::format("{} adopted: {} ({})", result.stack, tag, time);
  const std::string before = result.previous_tag.empty()
                                 ? "its first release"
                                 : fmt::format("before: {}", printable(result.previous_tag));
  return fmt::format("{} runs {}, {} ({}){}", result.stack, tag, before, time, outage_of(result));
}

bool refuses(const CheckResult& result, const std::vector<std::string>& overrides) {
  return result.verdict != Verdict::pass && !contains(overrides, result.name);
}

Cell verdict_cell(const CheckResult& result, const std::vector<std::string>& overrides) {
  if (result.verdict == Verdict::pass) return {"pass", Colour::green};
  if (!refuses(result, overrides)) return {"overridden", Colour::yellow};
  return {std::string(verdict_text(result.verdict)),
          result.verdict == Verdict::fail ? Colour::red : Colour::yellow};
}

Table checks_table(const std::vector<CheckResult>& results,
                   const std::vector<std::string>& overrides) {
  Table table({"", "", "", ""}, 2);
  for (const CheckResult& result : results)
    table.row({verdict_cell(result, overrides), result.name, result.subject, result.measured});
  return table;
}

std::string step_text(Output& output, const Step& step, std::size_t number) {
  std::string text = fmt::format("  {:>2}. {}\n", number, printable(step.title));
  if (!step.undo.empty())
    text += output.paint(Colour::dim, fmt::format("      undo: {}", printable(step.undo))) + "\n";
  if (step.commits)
    text += output.paint(Colour::dim, "      from here on it is finished, not undone") + "\n";
  return text;
}

std::string preview_text(Output& output, const Preview& preview,
                         const std::vector<std::string>& overrides) {
  std::string text = output.paint(
      Colour::bold, fmt::format("{} {}: the plan; nothing was changed",
                                printable(preview.plan.kind), printable(preview.plan.stack)));
  text += "\n";
  if (!preview.gates.empty())
    text += (preview.gates_refuse ? "\ngates\n" : "\ngates, which warn and do not refuse\n") +
            checks_text(output, preview.gates, overrides);
  if (!preview.difference.empty()) {
    text += "\nfiles of the stack\n";
    for (const std::string& line : split_lines(preview.difference))
      text += fmt::format("  {}\n", printable(line));
  }
  if (!preview.databases.empty()) {
    text += "\ndatabases\n";
    for (const std::string& line : preview.databases)
      text += fmt::format("  {}\n", printable(line));
  }
  text += "\nsteps\n";
  std::size_t number = 0;
  for (const Step& step : preview.plan.steps) text += step_text(output, step, ++number);
  return text;
}

}  // namespace

int show_result(Output& output, const OperationResult& result, std::string_view kind) {
  if (output.style().json) {
    output.json(result_json(result, kind));
    return 0;
  }
  output.remark(closing_line(result, kind));
  for (const std::string& line : split_lines(result.note)) output.remark("  " + printable(line));
  return 0;
}

int show_preview(Output& output, const Preview& preview,
                 const std::vector<std::string>& overrides) {
  const bool refused =
      preview.gates_refuse && std::ranges::any_of(preview.gates, [&](const CheckResult& gate) {
        return refuses(gate, overrides);
      });
  const bool refuses_all = refused || preview.refusal;
  const int status = refuses_all ? exit_status(Kind::refused) : 0;
  if (output.style().json) {
    output.json({{"schema", "ballast.plan/1"},
                 {"plan", plan_json(preview.plan)},
                 {"gates", results_json(preview.gates)},
                 {"overrides", overrides},
                 {"difference", text_or_null(preview.difference)},
                 {"databases", preview.databases},
                 {"loss", preview.loss},
                 {"refusal", preview.refusal ? error_json(*preview.refusal) : Json(nullptr)},
                 {"exit", status}});
    return status;
  }
  output.text(preview_text(output, preview, overrides));
  if (refused) output.line("\na gate would refuse");
  if (preview.refusal)
    output.text(fmt::format("\nit would be refused: {}\n{}\n", preview.refusal->message(),
                            preview.refusal->hint()));
  return status;
}

std::string checks_text(Output& output, const std::vector<CheckResult>& results,
                        const std::vector<std::string>& overrides) {
  std::string text = checks_table(results, overrides)
                         .text(static_cast<std::size_t>(output.columns()), output.colours());
  for (const CheckResult& result : results)
    if (result.verdict != Verdict::pass && !result.hint.empty())
      text += fmt::format("  {}: {}\n", output.paint(Colour::yellow, result.name),
                          printable(result.hint));
  return text;
}

}  // namespace ballast
