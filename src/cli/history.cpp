#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({optional_stack_positional});
constexpr auto options = std::to_array<Option>({
    {.name = "--operator", .value = "NAME", .description = "only what this operator did"},
    since_option,
    limit_option,
    json_option,
});

HistoryQuery query_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  HistoryQuery query{.stack = stack_of(arguments),
                     .operator_name = arguments.text("--operator"),
                     .since = since_of(invocation),
                     .limit = limit_of(arguments)};
  if (arguments.has("--operator")) require_field("the operator", query.operator_name);
  return query;
}

std::optional<ModifiedByHand> mark_of(const HistoryReport& report, std::size_t entry) {
  const auto mark = std::ranges::find(report.marks, entry, &HistoryMark::entry);
  return mark == report.marks.end() ? std::nullopt : std::optional(mark->modified);
}

std::string way_of(const HistoryReport& report, std::size_t entry) {
  const auto way = std::ranges::find(report.ways, entry, &HistoryWay::entry);
  return way == report.ways.end() ? std::string() : way->text;
}

Json entry_json(const HistoryEntry& entry, const std::optional<ModifiedByHand>& modified,
                const std::string& way) {
  Json json = {{"timestamp", entry.timestamp},
               {"stack", entry.stack},
               {"version", entry.version},
               {"env", entry.environment},
               {"status", entry.status},
               {"operator", entry.operator_name},
               {"modified_by_hand", modified_json(modified)}};
  if (!way.empty()) json["way"] = way;
  return json;
}

Json report_json(const HistoryReport& report) {
  Json entries = Json::array();
  for (std::size_t at = 0; at < report.entries.size(); ++at)
    entries.push_back(entry_json(report.entries[at], mark_of(report, at), way_of(report, at)));
  return {{"schema", "ballast.history/1"},
          {"entries", entries},
          {"unreadable_lines", report.unreadable_lines},
          {"exit", 0}};
}

Colour colour_of(const std::string& status) {
  if (status == "success") return Colour::green;
  if (status == "failed") return Colour::red;
  return status == "rollback" ? Colour::yellow : Colour::plain;
}

Cell status_cell(const std::string& status, const std::string& way, bool is_modified) {
  const std::string text = way.empty() ? status : fmt::format("{}, {}", status, way);
  if (is_modified) return {text + ", modified by hand", Colour::yellow};
  return {text, colour_of(status)};
}

void show_table(Output& output, const HistoryReport& report) {
  Table table({"TIME", "STACK", "VERSION", "ENV", "STATUS", "OPERATOR"});
  for (std::size_t at = 0; at < report.entries.size(); ++at) {
    const HistoryEntry& entry = report.entries[at];
    table.row({entry.timestamp, entry.stack, entry.version, entry.environment,
               status_cell(entry.status, way_of(report, at), mark_of(report, at).has_value()),
               entry.operator_name});
  }
  table.print(output);
}

void show_marks(Output& output, const HistoryReport& report) {
  for (const HistoryMark& mark : report.marks) {
    const HistoryEntry& entry = report.entries.at(mark.entry);
    output.note(printable(fmt::format("{} {} was modified by hand {}", entry.stack, entry.version,
                                      mark.modified.text())));
  }
  if (!report.marks_unknown.empty())
    output.note("whether a release was modified by hand is unknown: " + report.marks_unknown);
}

// A pipe gets the lines as history.log has them, so that grep and awk work on both alike.
void show_lines(Output& output, const std::vector<HistoryEntry>& entries) {
  for (const HistoryEntry& entry : entries) output.line(printable(entry.line()));
}

void show(Output& output, const HistoryReport& report) {
  if (report.entries.empty())
    output.note("nothing is recorded that matches");
  else if (output.to_terminal())
    show_table(output, report);
  else
    show_lines(output, report.entries);
  show_marks(output, report);
  if (report.unreadable_lines > 0)
    output.note(fmt::format("{} of history.log left out: of another form",
                            counted(static_cast<long long>(report.unreadable_lines), "line")));
}

}  // namespace

constinit const Signature history_signature{"history", positionals, options};

int run_history(Invocation& invocation) {
  const auto report = invocation.features().history(query_of(invocation));
  if (invocation.output.style().json)
    invocation.output.json(report_json(report));
  else
    show(invocation.output, report);
  return 0;
}

}  // namespace ballast
