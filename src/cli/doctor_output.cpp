#include "cli/doctor_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/table.h"

namespace ballast {

namespace {

using doctor::Line;
using doctor::Report;
using doctor::State;

// How bad it is, or why it does not count.
std::string word_of(const Line& line) {
  return std::string(line.state == State::weak ? gravity_text(line.kind->gravity)
                                               : doctor::state_text(line.state));
}

Colour colour_of(const Line& line) {
  if (line.state == State::accepted) return Colour::dim;
  if (line.state == State::unknown) return Colour::yellow;
  return line.kind->gravity == Gravity::slight ? Colour::plain : Colour::red;
}

// What one cause keeps from being known is told once.
struct Entry {
  const Line* line = nullptr;
  std::string ids;
};

bool have_one_cause(const Line& left, const Line& right) {
  return left.stack == right.stack && left.state == State::unknown &&
         right.state == State::unknown && left.finding.subject == right.finding.subject &&
         left.finding.what == right.finding.what;
}

std::vector<Entry> entries_of(const Report& report) {
  std::vector<Entry> entries;
  for (const Line& line : report.lines) {
    const auto same = std::ranges::find_if(
        entries, [&](const Entry& entry) { return have_one_cause(*entry.line, line); });
    if (same == entries.end())
      entries.push_back({&line, std::string(line.kind->id)});
    else
      same->ids += ", " + std::string(line.kind->id);
  }
  return entries;
}

std::string indented(std::string_view first, std::string_view text) {
  std::string result;
  std::string lead = "    " + std::string(first);
  for (const std::string& line : split_lines(text)) {
    result += lead + printable(line) + "\n";
    lead.assign(lead.size(), ' ');
  }
  return result;
}

// The lengths of the longest word and id, so that subjects stand below each other.
struct Widths {
  std::size_t word = 0;
  std::size_t ids = 0;
};

Widths widths_of(const std::vector<Entry>& entries) {
  Widths widths;
  for (const Entry& entry : entries) {
    widths.word = std::max(widths.word, word_of(*entry.line).size());
    if (entry.line->state != State::unknown) widths.ids = std::max(widths.ids, entry.ids.size());
  }
  return widths;
}

std::string entry_text(Output& output, const Entry& entry, const Widths& widths) {
  const Line& line = *entry.line;
  const std::string word = fmt::format("{:<{}}", word_of(line), widths.word);
  std::string text = fmt::format("  {}  {:<{}}  {}\n", output.paint(colour_of(line), word),
                                 entry.ids, widths.ids, printable(line.finding.subject));
  text += indented("", line.finding.what);
  if (line.state == State::accepted) return text + indented("accepted: ", line.reason);
  return line.finding.mend.empty() ? text : text + indented("mend: ", line.finding.mend);
}

std::string heading_of(const Line& line) {
  return line.stack.empty() ? "the server" : "stack " + line.stack;
}

std::string looked_at(const Report& report) {
  if (!report.folder.empty()) return report.folder;
  const auto count = static_cast<long long>(report.stacks.size());
  return count == 0 ? std::string("the server") : "the server and " + counted(count, "stack");
}

std::string gravities(const Report& report) {
  std::vector<std::string> parts;
  for (const Gravity gravity : {Gravity::grave, Gravity::serious, Gravity::slight}) {
    const auto count = std::ranges::count_if(report.lines, [&](const Line& line) {
      return line.state == State::weak && line.kind->gravity == gravity;
    });
    if (count > 0) parts.push_back(fmt::format("{} {}", count, gravity_text(gravity)));
  }
  return join(parts, ", ");
}

std::string verdict_of(const Report& report) {
  const auto weak = static_cast<long long>(report.count(State::weak));
  std::vector<std::string> parts{weak == 0 ? std::string("no weakness")
                                 : weak == 1
                                     ? fmt::format("1 weakness ({})", gravities(report))
                                     : fmt::format("{} weaknesses ({})", weak, gravities(report))};
  for (const State state : {State::unknown, State::accepted})
    if (const auto count = report.count(state); count > 0)
      parts.push_back(fmt::format("{} {}", count, doctor::state_text(state)));
  return fmt::format("{} on {}", join(parts, ", "), looked_at(report));
}

Json line_json(const Line& line) {
  return {{"id", line.kind->id},
          {"title", line.kind->title},
          {"scope", scope_text(line.kind->scope)},
          {"stack", text_or_null(line.stack)},
          {"gravity", gravity_text(line.kind->gravity)},
          {"state", doctor::state_text(line.state)},
          {"subject", line.finding.subject},
          {"what", line.finding.what},
          {"mend", text_or_null(line.finding.mend)},
          {"reason", text_or_null(line.reason)}};
}

}  // namespace

void show_examined(Output& output, const Report& report) {
  const auto entries = entries_of(report);
  const Widths widths = widths_of(entries);
  std::string heading;
  for (const Entry& entry : entries) {
    if (heading_of(*entry.line) != heading) {
      if (!heading.empty()) output.line("");
      heading = heading_of(*entry.line);
      output.line(output.paint(Colour::bold, heading));
    }
    output.text(entry_text(output, entry, widths));
  }
  if (!entries.empty()) output.line("");
  output.line(output.paint(report.all_good() ? Colour::green : Colour::red, verdict_of(report)));
}

Json doctor_json(const Report& report, int status) {
  Json findings = Json::array();
  for (const Line& line : report.lines) findings.push_back(line_json(line));
  return {{"schema", "ballast.doctor/1"},
          {"at", iso_utc(report.at)},
          {"folder", text_or_null(report.folder)},
          {"stacks", report.stacks},
          {"good", report.all_good()},
          {"weak", report.count(State::weak)},
          {"unknown", report.count(State::unknown)},
          {"accepted", report.count(State::accepted)},
          {"findings", findings},
          {"exit", status}};
}

}  // namespace ballast
