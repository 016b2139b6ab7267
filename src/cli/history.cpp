#include <fmt/format.h>

#include <array>
#include <charconv>

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
    {.name = "--since",
     .value = "TIME",
     .description = "only from then on: 2026-11-25, an ISO time, or an age such as 7d-ago"},
    {.name = "--limit", .value = "N", .description = "only the newest N entries"},
    json_option,
});

std::optional<Time> parse_since(std::string_view text, Time now) {
  constexpr std::string_view ago = "-ago";
  if (!text.ends_with(ago)) return parse_time(text);
  const auto age = parse_duration(text.substr(0, text.size() - ago.size()));
  if (!age) return std::nullopt;
  return now - *age;
}

std::optional<Time> since_of(Invocation& invocation) {
  const auto given = invocation.arguments.value("--since");
  if (!given) return std::nullopt;
  const auto since = parse_since(*given, invocation.host.clock.now());
  if (!since)
    throw Error(Kind::usage, fmt::format("--since `{}` is not a time", printable(*given)),
                "such as 2026-11-25, 2026-11-25T11:27:07+09:00, or an age such as 7d-ago");
  return since;
}

std::size_t limit_of(const Arguments& arguments) {
  const auto given = arguments.value("--limit");
  if (!given) return 0;
  std::size_t limit = 0;
  const char* end = given->data() + given->size();
  const auto [stop, error] = std::from_chars(given->data(), end, limit);
  if (error != std::errc{} || stop != end || limit == 0)
    throw Error(Kind::usage,
                fmt::format("--limit `{}` is not a positive number", printable(*given)));
  return limit;
}

HistoryQuery query_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  HistoryQuery query{.stack = stack_of(arguments),
                     .operator_name = arguments.text("--operator"),
                     .since = since_of(invocation),
                     .limit = limit_of(arguments)};
  if (arguments.has("--operator")) require_field("the operator", query.operator_name);
  return query;
}

Json entry_json(const HistoryEntry& entry) {
  return {{"timestamp", entry.timestamp}, {"stack", entry.stack},
          {"version", entry.version},     {"env", entry.environment},
          {"status", entry.status},       {"operator", entry.operator_name}};
}

Json report_json(const HistoryReport& report) {
  Json entries = Json::array();
  for (const HistoryEntry& entry : report.entries) entries.push_back(entry_json(entry));
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

void show_table(Output& output, const std::vector<HistoryEntry>& entries) {
  Table table({"TIME", "STACK", "VERSION", "ENV", "STATUS", "OPERATOR"});
  for (const HistoryEntry& entry : entries)
    table.row({entry.timestamp,
               entry.stack,
               entry.version,
               entry.environment,
               {entry.status, colour_of(entry.status)},
               entry.operator_name});
  table.print(output);
}

// A pipe gets the lines as history.log has them, so that grep and awk work on both alike.
void show_lines(Output& output, const std::vector<HistoryEntry>& entries) {
  for (const HistoryEntry& entry : entries) output.line(printable(entry.line()));
}

void show(Output& output, const HistoryReport& report) {
  if (report.entries.empty())
    output.note("nothing is recorded that matches");
  else if (output.to_terminal())
    show_table(output, report.entries);
  else
    show_lines(output, report.entries);
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
