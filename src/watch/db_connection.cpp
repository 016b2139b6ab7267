#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

constexpr const char* hint_when_full =
    "see who holds them: SELECT usename, state, count(*) FROM pg_stat_activity GROUP BY 1, 2; "
    "fewer workers, or raise max_connections";

Finding refused(const DatabaseSeen& database) {
  switch (database.refusal) {
    case PostgresRefusal::not_us:
      return unsure_of(
          database.place, "it runs, but does not let Ballast in: " + database.words,
          "the password that the container was made with is no longer its own: name the server "
          "by a file, `database: {url-file: …}`, or set the old one again");
    case PostgresRefusal::full: return wrong(database.place, database.words, hint_when_full);
    case PostgresRefusal::failed_query:
      return wrong(database.place, "refuses a query: " + database.words);
    default: return wrong(database.place, database.words);
  }
}

std::string text_of(const DatabaseSeen& database) {
  return fmt::format("answers in {}, {} of {} connections", human_duration(database.elapsed),
                     database.connections, database.limit);
}

Finding answered(const DatabaseSeen& database, double limit) {
  const double most = static_cast<double>(database.limit) * limit / 100;
  const auto connections = static_cast<double>(database.connections);
  const bool is_full = database.limit > 0 && connections > most;
  Finding finding = is_full ? wrong(database.place,
                                    fmt::format("{} of {} connections; the limit is {:g} %",
                                                database.connections, database.limit, limit),
                                    hint_when_full)
                            : good(database.place, text_of(database));
  finding.measure = {.name = "connections", .value = connections, .unit = "", .limit = most};
  return finding;
}

}  // namespace

Findings db_connection(const Observed& observed, const AlertSettings& settings) {
  if (!has_database(observed.policy)) return {};
  if (!observed.database.value)
    return {unsure_of("", observed.database.trouble, observed.database.hint)};
  const DatabaseSeen& database = *observed.database.value;
  return {database.answered() ? answered(database, settings.threshold) : refused(database)};
}

}  // namespace ballast::conditions
