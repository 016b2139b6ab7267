#include "cli/install_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/difference.h"
#include "base/text.h"
#include "cli/table.h"

namespace ballast {

namespace {

std::string difference_of(const InstallPart& part) {
  if (part.kind != InstallPartKind::file || !part.changes()) return {};
  const bool was_there = part.state != InstallState::made;
  const bool stays = part.state != InstallState::removed;
  return unified_difference(part.before, stays ? part.text : "",
                            was_there ? part.name : "/dev/null", stays ? part.name : "/dev/null");
}

Json part_json(const InstallPart& part, bool dry_run) {
  Json json{{"kind", part_kind_name(part.kind)},
            {"name", part.name},
            {"state", part_state_name(part.state)},
            {"note", text_or_null(part.note)},
            {"hint", text_or_null(part.hint)}};
  if (dry_run) json["difference"] = text_or_null(difference_of(part));
  return json;
}

Json report_json(const InstallReport& report) {
  Json parts = Json::array();
  for (const InstallPart& part : report.plan.parts)
    parts.push_back(part_json(part, report.dry_run));
  Json json{{"schema", report.removal ? "ballast.uninstall/1" : "ballast.install/1"},
            {"dry_run", report.dry_run}};
  if (report.plan.starter) json["starter"] = starter_name(*report.plan.starter);
  json["parts"] = parts;
  json["notes"] = report.plan.notes;
  json["exit"] = report.status();
  return json;
}

Colour colour_of(const InstallPart& part) {
  if (part.state == InstallState::refused || part.state == InstallState::failed) return Colour::red;
  if (part.trouble) return Colour::yellow;
  return part.changes() ? Colour::green : Colour::plain;
}

std::string what_of(const InstallPart& part) {
  if (part.kind == InstallPartKind::file || part.kind == InstallPartKind::folder)
    return part.name + (part.kind == InstallPartKind::folder ? "/" : "");
  return fmt::format("{} {}", part_kind_name(part.kind), part.name);
}

void show_parts(Output& output, const InstallPlan& plan) {
  Table table({"", "", ""});
  for (const InstallPart& part : plan.parts)
    if (part.state != InstallState::in_place || part.trouble)
      table.row({Cell(std::string(part_state_name(part.state)), colour_of(part)), what_of(part),
                 part.note});
  if (!table.empty()) table.print(output);
}

std::vector<std::string> tasks_of(const InstallPlan& plan) {
  std::vector<std::string> tasks;
  for (const InstallPart& part : plan.parts)
    if (!part.hint.empty()) tasks.push_back(fmt::format("{}: {}", what_of(part), part.hint));
  std::ranges::copy(plan.notes, std::back_inserter(tasks));
  return tasks;
}

std::string summary_of(const InstallReport& report) {
  const auto& parts = report.plan.parts;
  const auto in_place = std::ranges::count(parts, InstallState::in_place, &InstallPart::state);
  const bool changes = std::ranges::any_of(parts, &InstallPart::changes);
  if (report.dry_run && changes) return "that is what would be done: nothing was changed";
  if (report.removal)
    return changes ? "stacks, backups and the journal are left as they are"
                   : "nothing of `ballast install` is here";
  if (changes) return {};
  return fmt::format("{} in place, nothing to do", counted(in_place, "part"));
}

void show(Output& output, const InstallReport& report) {
  if (report.dry_run)
    for (const InstallPart& part : report.plan.parts) output.text(difference_of(part));
  show_parts(output, report.plan);
  const auto tasks = tasks_of(report.plan);
  if (!tasks.empty()) output.line("to do:");
  for (const std::string& task : tasks) output.line("- " + printable(task));
  const std::string summary = is_refused(report.plan) ? std::string() : summary_of(report);
  if (!summary.empty()) output.remark(summary);
}

[[noreturn]] void refuse(const InstallPlan& plan) {
  std::vector<std::string> names;
  for (const InstallPart& part : plan.parts)
    if (part.state == InstallState::refused) names.push_back(part.name);
  throw Error(Kind::refused,
              fmt::format("{} {} another hand's: nothing was changed", join(names, ", "),
                          names.size() == 1 ? "is" : "are"),
              "move away what stands in Ballast's place, as it says above; then `ballast install`");
}

}  // namespace

int tell_of_installation(Invocation& invocation, const InstallReport& report) {
  if (invocation.output.style().json) {
    invocation.output.json(report_json(report));
    return report.status();
  }
  show(invocation.output, report);
  if (is_refused(report.plan)) refuse(report.plan);
  return report.status();
}

}  // namespace ballast
