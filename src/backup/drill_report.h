// What a drill found out, kept as evidence beside the sets: drills/<id>.json, and .md for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "live/server.h"

namespace ballast {

struct DrillReport {
  std::string id;  // of the operation
  std::string stack;
  std::string set;
  Time at{};
  std::string operator_name;
  bool passed = false;
  std::string trouble;  // in words, when it did not pass
  std::string tag;      // of the release that ran on the copy
  std::uint64_t databases = 0;
  std::uint64_t attachments = 0;
  std::vector<std::string> checks;  // "web-login ten_a: 200 in 12 ms"
  Duration restored{};              // from nothing to a verified copy: the recovery time (RTO)
  std::optional<Duration> age;      // of the set: the data that would be lost (RPO); nullopt:
                                    // unknown, a clock was wrong
};

Json drill_json(const DrillReport& report);
std::string drill_page(const DrillReport& report);  // Markdown

void keep_report(Server& server, const DrillReport& report);
// Oldest first. One that cannot be read is left out.
std::vector<DrillReport> drill_reports(Server& server, const std::string& stack);
// The newest of a set; nullopt: it was never drilled.
std::optional<DrillReport> newest_drill(const std::vector<DrillReport>& reports,
                                        const std::string& set);

}  // namespace ballast
