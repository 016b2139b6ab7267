#include "cli/check_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/table.h"

namespace ballast {

namespace {

long long count_of(const RoundReport& report, AlertState state) {
  return std::ranges::count(report.lines, state, &AlertLine::state);
}

std::string name_of(const AlertLine& line) {
  const std::string title(line.kind->title);
  return line.finding.subject.empty() ? title : title + " " + line.finding.subject;
}

Cell state_cell(const AlertLine& line) {
  const std::string text(state_text(line.state));
  switch (line.state) {
    case AlertState::ok: return {text, Colour::green};
    case AlertState::failing: return {text, Colour::red};
    default: return {text, Colour::yellow};
  }
}

std::string since_text(const AlertLine& line, Time now) {
  return line.finding.since ? human_age(now - *line.finding.since) : "";
}

std::string verdict_of(const RoundReport& report) {
  std::vector<std::string> parts;
  for (const AlertState state : {AlertState::failing, AlertState::unknown, AlertState::suppressed})
    if (const auto count = count_of(report, state); count > 0)
      parts.push_back(fmt::format("{} {}", count, state_text(state)));
  return parts.empty() ? "all is well" : join(parts, ", ");
}

Colour colour_of(const RoundReport& report) {
  if (count_of(report, AlertState::failing) > 0) return Colour::red;
  return report.all_good() ? Colour::green : Colour::yellow;
}

Table alerts_table(const RoundReport& report) {
  Table table({"ALERT", "STATE", "OF", "VALUE", "SINCE"}, 2);
  for (const AlertLine& line : report.lines)
    table.row({std::string(line.kind->title), state_cell(line), line.finding.subject,
               line.finding.measured, since_text(line, report.at)});
  return table;
}

std::string advice_of(const AlertLine& line) {
  if (line.state == AlertState::suppressed) return "caused by the " + line.because;
  return line.hint;
}

std::string advice(Output& output, const RoundReport& report) {
  std::string text;
  for (const AlertLine& line : report.lines)
    if (const std::string what = advice_of(line); line.state != AlertState::ok && !what.empty())
      text += fmt::format("{}: {}\n", output.paint(Colour::yellow, printable(name_of(line))),
                          printable(what));
  return text.empty() ? text : "\n" + text;
}

Json measure_json(const std::optional<Measure>& measure) {
  if (!measure) return nullptr;
  return {{"name", measure->name},
          {"value", measure->value},
          {"unit", measure->unit},
          {"limit", measure->limit ? Json(*measure->limit) : Json()}};
}

Json line_json(const AlertLine& line) {
  const Finding& finding = line.finding;
  return {{"alert", line.kind->id},
          {"title", line.kind->title},
          {"subject", text_or_null(finding.subject)},
          {"state", state_text(line.state)},
          {"severity", severity_text(line.settings.severity)},
          {"for", static_cast<double>(line.settings.hold.count()) / 1000},
          {"value", finding.measured},
          {"measure", measure_json(finding.measure)},
          {"since", finding.since ? Json(iso_local(*finding.since)) : Json()},
          {"hint", text_or_null(line.hint)},
          {"because", text_or_null(line.because)}};
}

// Behind the bar stand the figures.
std::string plain(const std::string& text) { return replace_all(printable(text), "|", "/"); }

std::string figure(double value) {
  std::string text = fmt::format("{:.3f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// 'label'=value[unit];[warning];[critical]
std::string performance(const AlertLine& line) {
  const Measure& measure = *line.finding.measure;
  std::string limit = measure.limit ? figure(*measure.limit) : "";
  if (measure.wrong_below && !limit.empty()) limit += ":";
  const bool is_page = line.settings.severity == Severity::page;
  return fmt::format("'{}'={}{};{};{}", measure.name, figure(measure.value), measure.unit,
                     is_page ? "" : limit, is_page ? limit : "");
}

std::string figures(const RoundReport& report) {
  std::string text;
  for (const AlertLine& line : report.lines)
    if (line.finding.measure) text += " " + performance(line);
  return text.empty() ? text : " |" + text;
}

std::string summary(const RoundReport& report) {
  std::vector<std::string> wrong;
  for (const AlertState state : {AlertState::failing, AlertState::unknown})
    for (const AlertLine& line : report.lines)
      if (line.state == state)
        wrong.push_back(fmt::format("{}{}: {}", name_of(line),
                                    state == AlertState::unknown ? " unknown" : "",
                                    line.finding.measured));
  return plain(wrong.empty() ? verdict_of(report) : join(wrong, "; "));
}

std::string_view plugin_word(int status) {
  constexpr std::string_view words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  return words[status];
}

}  // namespace

void show_round(Output& output, const RoundReport& report) {
  output.line(fmt::format("{}: {}", output.paint(Colour::bold, report.stack),
                          output.paint(colour_of(report), verdict_of(report))));
  if (!report.operation.empty())
    output.line(fmt::format("  at work: {}", printable(report.operation)));
  alerts_table(report).print(output);
  output.text(advice(output, report));
}

Json round_json(const RoundReport& report, int status) {
  Json alerts = Json::array();
  for (const AlertLine& line : report.lines) alerts.push_back(line_json(line));
  return {{"schema", "ballast.check/1"},
          {"stack", report.stack},
          {"at", iso_local(report.at)},
          {"operation", text_or_null(report.operation)},
          {"good", report.all_good()},
          {"alerts", alerts},
          {"exit", status}};
}

// What is only worth a note is no warning.
int plugin_status(const RoundReport& report) {
  bool warns = false;
  bool unknown = false;
  for (const AlertLine& line : report.lines) {
    if (line.state == AlertState::failing && line.settings.severity == Severity::page) return 2;
    warns |= line.state == AlertState::failing && line.settings.severity == Severity::warn;
    unknown |= line.state == AlertState::unknown;
  }
  if (warns) return 1;
  return unknown ? plugin_unknown : 0;
}

std::string plugin_line(const RoundReport& report) {
  return fmt::format("BALLAST {} - {}: {}{}", plugin_word(plugin_status(report)), report.stack,
                     summary(report), figures(report));
}

std::string plugin_line(const std::string& stack, const Error& error) {
  return fmt::format("BALLAST UNKNOWN - {}: {}", plain(stack), plain(error.message()));
}

}  // namespace ballast
