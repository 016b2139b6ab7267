#include "backup/drill_report.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

std::string folder_of(Server& server, const std::string& stack) {
  return server.paths.backups(stack) + "/drills";
}

DrillReport report_from(const Json& json) {
  DrillReport report{.id = text_at(json, "id"),
                     .stack = text_at(json, "stack"),
                     .set = text_at(json, "set"),
                     .at = parse_time(text_at(json, "at")).value_or(Time{}),
                     .operator_name = text_at(json, "operator"),
                     .passed = flag_at(json, "passed"),
                     .trouble = text_at(json, "trouble"),
                     .tag = text_at(json, "tag"),
                     .databases = static_cast<std::uint64_t>(number_at(json, "databases")),
                     .attachments = static_cast<std::uint64_t>(number_at(json, "attachments")),
                     .checks = {},
                     .restored = Duration(number_at(json, "restored_ms")),
                     .age = {}};
  if (const Json& age = member(json, "age_ms"); age.is_number())
    report.age = Duration(age.get<long long>());
  for (const Json& check : member(json, "checks"))
    report.checks.push_back(check.get<std::string>());
  return report;
}

}  // namespace

Json drill_json(const DrillReport& report) {
  return {{"schema", "ballast.drill/1"},
          {"id", report.id},
          {"stack", report.stack},
          {"set", report.set},
          {"at", iso_utc(report.at)},
          {"operator", report.operator_name},
          {"passed", report.passed},
          {"trouble", report.trouble},
          {"tag", report.tag},
          {"databases", report.databases},
          {"attachments", report.attachments},
          {"checks", report.checks},
          {"restored_ms", report.restored.count()},
          {"age_ms", report.age ? Json(report.age->count()) : Json()}};
}

std::string drill_page(const DrillReport& report) {
  std::string page = fmt::format(
      "# Drill of {} from {}\n\n- result: {}\n- at: {}, by {}\n- time to restore (RTO): {}\n- age "
      "of "
      "the data (RPO): {}\n- release: {}\n- {}, {}\n",
      report.stack, report.set, report.passed ? "passed" : "failed: " + report.trouble,
      iso_local(report.at), report.operator_name, human_duration(report.restored),
      report.age ? human_duration(*report.age) : "unknown: the set is dated after the drill",
      report.tag, counted(static_cast<long long>(report.databases), "database"),
      counted(static_cast<long long>(report.attachments), "attachment"));
  if (!report.checks.empty()) page += "\n## Checks\n\n";
  for (const std::string& check : report.checks) page += fmt::format("- {}\n", printable(check));
  return page;
}

void keep_report(Server& server, const DrillReport& report) {
  const std::string folder = folder_of(server, report.stack);
  server.host.disk.make_directories(folder, 0700);
  server.host.disk.replace(fmt::format("{}/{}.md", folder, report.id), drill_page(report), 0600);
  server.host.disk.replace(fmt::format("{}/{}.json", folder, report.id),
                           pretty_json(drill_json(report)), 0600);
}

std::vector<DrillReport> drill_reports(Server& server, const std::string& stack) {
  std::vector<DrillReport> reports;
  const std::string folder = folder_of(server, stack);
  for (const std::string& name : server.host.disk.list(folder)) {
    if (!name.ends_with(".json")) continue;
    const auto text = server.host.disk.read(fmt::format("{}/{}", folder, name));
    if (const auto json = text ? parse_json(*text) : std::nullopt)
      reports.push_back(report_from(*json));
  }
  return reports;
}

std::optional<DrillReport> newest_drill(const std::vector<DrillReport>& reports,
                                        const std::string& set) {
  std::optional<DrillReport> newest;
  for (const DrillReport& report : reports)
    if (report.set == set) newest = report;
  return newest;
}

}  // namespace ballast
