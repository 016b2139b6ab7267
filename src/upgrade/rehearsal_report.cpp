#include "upgrade/rehearsal_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t kept_reports = 20;

std::string folder_of(Server& server, const std::string& stack) {
  return server.paths.backups(stack) + "/rehearsals";
}

Json database_json(const RehearsedDatabase& database) {
  Json json = outcome_json(database.outcome);
  json["upgraded"] = database.upgraded;
  json["changes"] = database.changes;
  json["checks"] = database.checks;
  return json;
}

RehearsedDatabase database_from(const Json& json) {
  return {.outcome = outcome_from_json(json),
          .upgraded = flag_at(json, "upgraded"),
          .changes = texts_in(member(json, "changes")),
          .checks = texts_in(member(json, "checks"))};
}

Json outage_json(const ExpectedOutage& outage) {
  return {{"stop_ms", outage.stop.count()},       {"copy_ms", outage.copy.count()},
          {"upgrade_ms", outage.upgrade.count()}, {"candidate_ms", outage.candidate.count()},
          {"release_ms", outage.release.count()}, {"compose_ms", outage.compose.count()}};
}

ExpectedOutage outage_from(const Json& json) {
  return {.stop = Duration(number_at(json, "stop_ms")),
          .copy = Duration(number_at(json, "copy_ms")),
          .upgrade = Duration(number_at(json, "upgrade_ms")),
          .candidate = Duration(number_at(json, "candidate_ms")),
          .release = Duration(number_at(json, "release_ms")),
          .compose = Duration(number_at(json, "compose_ms"))};
}

std::string verdict_of(const RehearsedDatabase& database) {
  if (!database.outcome.passed()) return "failed: " + database.outcome.trouble;
  if (!database.upgraded) return "passed, nothing was to be upgraded";
  return fmt::format("passed, upgraded in {}", human_duration(database.outcome.elapsed));
}

std::vector<std::string> lines_of(const RehearsedDatabase& database) {
  const std::string name = printable(name_of(database));
  std::vector<std::string> lines{fmt::format("{}: {}", name, verdict_of(database))};
  const auto add = [&](const std::vector<std::string>& more) {
    for (const std::string& line : more) lines.push_back(fmt::format("{}: {}", name, line));
  };
  add(findings_by_module(database.outcome));
  add(database.changes);
  if (!database.outcome.passed()) add(database.outcome.last_lines);
  return lines;
}

// The oldest first: their names begin with their time.
std::vector<std::string> kept_ids(Disk& disk, const std::string& folder) {
  std::vector<std::string> ids;
  for (const std::string& name : disk.list(folder))
    if (name.ends_with(".json") && !name.starts_with('.'))
      ids.push_back(name.substr(0, name.size() - std::string_view(".json").size()));
  return ids;
}

void remove_oldest(Disk& disk, const std::string& folder) {
  const std::vector<std::string> ids = kept_ids(disk, folder);
  for (std::size_t number = 0; number + kept_reports < ids.size(); ++number)
    for (const char* form : {".md", ".json"})
      disk.remove(fmt::format("{}/{}{}", folder, ids[number], form));
}

}  // namespace

std::string outage_text(const ExpectedOutage& outage) {
  return fmt::format("stop {} + copies {} + upgrade {} + candidate {} + release {} + Compose {}",
                     human_duration(outage.stop), human_duration(outage.copy),
                     human_duration(outage.upgrade), human_duration(outage.candidate),
                     human_duration(outage.release), human_duration(outage.compose));
}

std::string name_of(const RehearsedDatabase& database) {
  return database.outcome.database.empty() ? "the data" : database.outcome.database;
}

std::vector<std::string> findings_by_module(const UpgradeOutcome& outcome) {
  struct Count {
    long long warnings = 0;
    long long errors = 0;
  };
  std::map<std::string, Count> counts;
  for (const LogFinding& finding : outcome.findings)
    ++(finding.is_error() ? counts[finding.module].errors : counts[finding.module].warnings);
  std::vector<std::string> lines;
  for (const auto& [module, count] : counts) {
    std::vector<std::string> parts;
    if (count.warnings > 0) parts.push_back(counted(count.warnings, "warning"));
    if (count.errors > 0) parts.push_back(counted(count.errors, "error"));
    lines.push_back(
        fmt::format("{}: {}", module.empty() ? "no module" : module, join(parts, ", ")));
  }
  return lines;
}

std::vector<std::string> rehearsal_lines(const RehearsalReport& report) {
  std::vector<std::string> lines;
  for (const RehearsedDatabase& database : report.databases)
    for (std::string& line : lines_of(database)) lines.push_back(std::move(line));
  if (report.passed)
    lines.push_back(fmt::format("expected outage {}: {}", human_duration(report.expected_outage),
                                outage_text(report.outage)));
  return lines;
}

Json report_json(const RehearsalReport& report) {
  Json databases = Json::array();
  for (const RehearsedDatabase& database : report.databases)
    databases.push_back(database_json(database));
  return {{"schema", "ballast.rehearsal/1"},
          {"id", report.id},
          {"stack", report.stack},
          {"tag", report.tag},
          {"set", report.set},
          {"at", iso_utc(report.at)},
          {"operator", report.operator_name},
          {"passed", report.passed},
          {"trouble", report.trouble},
          {"databases", databases},
          {"upgrade_ms", report.upgrade.count()},
          {"expected_outage_ms", report.passed ? Json(report.expected_outage.count()) : Json()},
          {"outage", report.passed ? outage_json(report.outage) : Json()}};
}

RehearsalReport rehearsal_from_json(const Json& json) {
  RehearsalReport report{.id = text_at(json, "id"),
                         .stack = text_at(json, "stack"),
                         .tag = text_at(json, "tag"),
                         .set = text_at(json, "set"),
                         .operator_name = text_at(json, "operator"),
                         .at = parse_time(text_at(json, "at")).value_or(Time{}),
                         .passed = flag_at(json, "passed"),
                         .trouble = text_at(json, "trouble"),
                         .databases = {},
                         .upgrade = Duration(number_at(json, "upgrade_ms")),
                         .expected_outage = Duration(number_at(json, "expected_outage_ms")),
                         .outage = outage_from(member(json, "outage"))};
  for (const Json& database : member(json, "databases"))
    report.databases.push_back(database_from(database));
  return report;
}

std::string rehearsal_page(const RehearsalReport& report) {
  std::string page = fmt::format(
      "# Rehearsal of {} on {}\n\n- result: {}\n- at: {}, by {}\n- on copies of: {}\n- upgrade: "
      "{}\n- expected outage: {}\n",
      report.tag, report.stack, report.passed ? "passed" : "failed: " + report.trouble,
      iso_local(report.at), report.operator_name, report.set, human_duration(report.upgrade),
      report.passed ? fmt::format("{} ({})", human_duration(report.expected_outage),
                                  outage_text(report.outage))
                    : "not known");
  for (const RehearsedDatabase& database : report.databases) {
    page += fmt::format("\n## {}\n\n{}\n", printable(name_of(database)), verdict_of(database));
    const auto section = [&](const char* title, const std::vector<std::string>& lines) {
      if (lines.empty()) return;
      page += fmt::format("\n{}:\n\n", title);
      for (const std::string& line : lines) page += fmt::format("- {}\n", printable(line));
    };
    section("In the log", findings_by_module(database.outcome));
    section("Left to upgrade", database.outcome.left);
    section("Changed", database.changes);
    section("Checks", database.checks);
    section("Last lines of the log", database.outcome.last_lines);
  }
  return page;
}

std::string keep_rehearsal(Server& server, const RehearsalReport& report) {
  Disk& disk = server.host.disk;
  const std::string folder = folder_of(server, report.stack);
  const std::string path = fmt::format("{}/{}.json", folder, report.id);
  disk.make_directories(folder, 0700);
  disk.replace(fmt::format("{}/{}.md", folder, report.id), rehearsal_page(report), 0600);
  disk.replace(path, pretty_json(report_json(report)), 0600);
  remove_oldest(disk, folder);
  return path;
}

std::vector<RehearsalReport> rehearsal_reports(Server& server, const std::string& stack) {
  std::vector<RehearsalReport> reports;
  const std::string folder = folder_of(server, stack);
  for (const std::string& id : kept_ids(server.host.disk, folder)) {
    const auto text = server.host.disk.read(fmt::format("{}/{}.json", folder, id));
    if (const auto json = text ? parse_json(*text) : std::nullopt)
      reports.push_back(rehearsal_from_json(*json));
  }
  std::ranges::reverse(reports);
  return reports;
}

}  // namespace ballast
