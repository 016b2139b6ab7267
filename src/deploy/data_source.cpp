#include "deploy/data_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "deploy/row_counts.h"
#include "live/database_server.h"

namespace ballast {

namespace {

bool is_of(const FallbackCopy& copy, const ReleaseRecord& target) {
  if (!copy.release.empty() && copy.release == target.id) return true;
  return !copy.image_id.empty() && copy.image_id == target.image_id;
}

bool is_of(const SetRelease& release, const ReleaseRecord& target) {
  if (release.tag != target.tag) return false;
  return target.image_id.empty() || release.image_id == target.image_id ||
         (!target.repo_digest.empty() && release.digest == target.repo_digest);
}

bool is_whole(const StoredSet& stored) {
  return stored.trouble.empty() && stored.set.is_complete() && !stored.set.databases.empty() &&
         std::ranges::none_of(stored.set.databases,
                              [](const SetDatabase& one) { return one.dump.empty(); });
}

std::vector<std::string> tables_of(const SetDatabase& database) {
  std::vector<std::string> tables;
  for (const auto& [table, rows] : database.rows) tables.push_back(table);
  return tables;
}

void count_rows(Postgres& postgres, const SetDatabase& database, Loss& loss) {
  const Json counts = row_counts(postgres, {database.name}, tables_of(database));
  for (const auto& [table, rows] : counts.at(database.name).items())
    loss.rows.push_back(
        {.database = database.name,
         .table = table,
         .rows = rows.get<long long>() - static_cast<long long>(database.rows.at(table))});
}

std::string rows_text(long long rows, const std::string& table) {
  if (rows < 0) return fmt::format("{} fewer in {}", counted(-rows, "row"), printable(table));
  return fmt::format("{} in {}", counted(rows, "row"), printable(table));
}

}  // namespace

std::string moment_text(Time at, Time now) {
  const std::string text = iso_local(at);
  const std::string today = iso_local(now).substr(0, 10);
  const std::string day = text.substr(0, 10);
  return day == today ? text.substr(11, 5) : fmt::format("{} {}", day, text.substr(11, 5));
}

std::string DataSource::text(Time now) const {
  return fmt::format("image and data of {} ({}, {})", moment_text(at, now),
                     copy ? "fallback copy" : "set " + set,
                     human_age(std::chrono::duration_cast<Duration>(now - at)));
}

std::optional<DataSource> choose_source(const std::vector<FallbackCopy>& copies,
                                        const std::vector<StoredSet>& sets,
                                        const ReleaseRecord& target) {
  for (const FallbackCopy& copy : copies)
    if (is_of(copy, target)) return DataSource{.copy = copy, .set = copy.set, .at = copy.at};
  const StoredSet* newest = nullptr;
  for (const StoredSet& stored : sets)
    if (is_whole(stored) && is_of(stored.set.release, target)) newest = &stored;
  if (newest == nullptr) return std::nullopt;
  return DataSource{.copy = std::nullopt, .set = newest->id, .at = newest->set.started};
}

std::optional<DataSource> data_source(Server& server, const Journal& journal,
                                      const ReleaseRecord& target) {
  return choose_source(fallback_copies(journal, target.stack),
                       SetStore(server, target.stack).sets(), target);
}

Loss loss_of(Work& work, const DataSource& source) {
  Loss loss{.since = std::chrono::duration_cast<Duration>(work.server.host.clock.now() - source.at),
            .rows = {},
            .unknown = {}};
  try {
    const auto stored = SetStore(work.server, work.stack.name).read(source.set);
    if (!stored || !stored->trouble.empty())
      throw Error(Kind::failed,
                  fmt::format("set {}, which was made just before, cannot be read", source.set));
    auto postgres = server_that_runs(work.server, work.stack, work.running);
    if (!postgres) throw Error(Kind::failed, "the database service does not run");
    const auto live = postgres->databases();
    for (const SetDatabase& database : stored->set.databases)
      if (std::ranges::find(live, database.name, &Database::name) != live.end())
        count_rows(*postgres, database, loss);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    loss.unknown = error.message();
  }
  return loss;
}

std::vector<std::string> lines_of(const Loss& loss) {
  std::map<std::string, std::vector<std::string>> by_database;
  for (const LostRows& one : loss.rows)
    if (one.rows != 0) by_database[one.database].push_back(rows_text(one.rows, one.table));
  std::vector<std::string> lines;
  for (const auto& [database, rows] : by_database)
    lines.push_back(fmt::format("{}: {}", printable(database), join(rows, ", ")));
  if (!loss.unknown.empty()) lines.push_back("rows are not counted: " + loss.unknown);
  return lines;
}

std::string summary_of(const Loss& loss) {
  std::map<std::string, long long> by_table;
  for (const LostRows& one : loss.rows)
    if (one.rows > 0) by_table[one.table] += one.rows;
  std::vector<std::string> parts{human_duration(loss.since) + " of data"};
  for (const auto& [table, rows] : by_table) parts.push_back(rows_text(rows, table));
  if (!loss.unknown.empty()) parts.emplace_back("an unknown number of rows");
  return join(parts, ", ");
}

Json loss_json(const Loss& loss) {
  Json rows = Json::array();
  for (const LostRows& one : loss.rows)
    rows.push_back({{"database", one.database}, {"table", one.table}, {"rows", one.rows}});
  return {{"seconds", static_cast<double>(loss.since.count()) / 1000.0},
          {"rows", rows},
          {"unknown", loss.unknown.empty() ? Json(nullptr) : Json(loss.unknown)}};
}

}  // namespace ballast
