// What a rehearsal found out, kept as evidence beside the sets: rehearsals/<id>.json, and .md for
// people. The newest twenty stay.
#pragma once

#include <string>
#include <vector>

#include "live/server.h"
#include "upgrade/run_upgrade.h"

namespace ballast {

struct RehearsedDatabase {
  UpgradeOutcome outcome;            // its database is empty where a generic stack's command ran
  bool upgraded = false;             // false: nothing was due in it
  std::vector<std::string> changes;  // tables and columns
  std::vector<std::string> checks;  // of the candidate on the copy: "web-login ten_a: 200 in 12 ms"
};

// What a deploy will cost those who use the site, each part as it was measured in the rehearsal.
struct ExpectedOutage {
  Duration stop{};       // of the release on the copy, which nobody used
  Duration copy{};       // of the databases that are upgraded: made and timed, large ones by size
  Duration upgrade{};    // one database after the other
  Duration candidate{};  // from its start until all checks pass
  Duration release{};    // the same once more
  Duration compose{};    // its own time, for each container that it makes meanwhile

  Duration total() const { return stop + copy + upgrade + candidate + release + compose; }
};
// "stop 0.4 s + copies 1.2 s + …"
std::string outage_text(const ExpectedOutage& outage);

struct RehearsalReport {
  std::string id;  // of the operation
  std::string stack;
  std::string tag;
  std::string set;
  std::string operator_name;
  Time at{};
  bool passed = false;
  std::string trouble;
  std::vector<RehearsedDatabase> databases;
  Duration upgrade{};          // of all databases, one after the other
  Duration expected_outage{};  // zero: not known, since it did not pass
  ExpectedOutage outage;       // what that is made of
};
Json report_json(const RehearsalReport& report);  // schema ballast.rehearsal/1
RehearsalReport rehearsal_from_json(const Json& json);
std::string rehearsal_page(const RehearsalReport& report);  // Markdown

// "shop_theme: 2 warnings, 1 error", by module.
std::vector<std::string> findings_by_module(const UpgradeOutcome& outcome);
// For the person who watches: each database with its verdict and what is to be known of it.
std::vector<std::string> rehearsal_lines(const RehearsalReport& report);
// "the data" where a generic stack's command ran.
std::string name_of(const RehearsedDatabase& database);

// Removes the oldest beyond twenty. The path of the JSON file.
std::string keep_rehearsal(Server& server, const RehearsalReport& report);
// Newest first. One that cannot be read is left out.
std::vector<RehearsalReport> rehearsal_reports(Server& server, const std::string& stack);

}  // namespace ballast
