#include "deploy/row_counts.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration longest_count = std::chrono::minutes(1);

// One question for all tables: which of them are there is not known before.
std::string question(const std::vector<std::string>& tables) {
  return fmt::format(
      "SELECT name, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM "
      "public.%I', name), false, true, '')))[1]::text FROM unnest(ARRAY[{}]::text[]) AS name "
      "WHERE to_regclass(format('public.%I', name)) IS NOT NULL",
      quoted_literals(tables));
}

long long number_in(const std::string& text) {
  long long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string difference_text(const std::string& table, long long rows) {
  return fmt::format("{} {} {}", printable(table), counted(rows < 0 ? -rows : rows, "row"),
                     rows < 0 ? "fewer" : "more");
}

}  // namespace

Json row_counts(Postgres& postgres, const std::vector<std::string>& databases,
                const std::vector<std::string>& tables) {
  Json counts = Json::object();
  for (const std::string& database : databases) counts[database] = Json::object();
  if (tables.empty()) return counts;
  const auto answers = postgres.query_each(databases, question(tables), longest_count);
  for (std::size_t number = 0; number < databases.size(); ++number)
    for (const auto& row : answers[number])
      counts[databases[number]][row.at(0)] = number_in(row.at(1));
  return counts;
}

std::vector<std::string> row_differences(const Json& before, const Json& after) {
  std::vector<std::string> lines;
  for (const auto& [database, tables] : after.items()) {
    std::vector<std::string> parts;
    for (const auto& [table, rows] : tables.items()) {
      const long long difference =
          rows.get<long long>() - number_at(member(before, database), table);
      if (difference != 0) parts.push_back(difference_text(table, difference));
    }
    if (!parts.empty())
      lines.push_back(fmt::format("{}: {}", printable(database), join(parts, ", ")));
  }
  return lines;
}

std::vector<std::string> rows_written(Postgres& postgres, const std::vector<std::string>& databases,
                                      const std::vector<std::string>& tables, const Json& before) {
  if (!before.is_object()) return {"how many rows is not known: they were not counted before"};
  try {
    auto lines = row_differences(before, row_counts(postgres, databases, tables));
    if (lines.empty())
      lines.push_back(fmt::format("no row more or fewer in {}", join(tables, ", ")));
    return lines;
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    return {"how many rows is not known: " + error.message()};
  }
}

}  // namespace ballast
