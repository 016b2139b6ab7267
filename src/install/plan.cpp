#include "install/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "install/plan_accounts.h"
#include "install/plan_files.h"
#include "install/plan_services.h"

namespace ballast {

namespace {

void append(std::vector<InstallPart>& parts, std::vector<InstallPart> more) {
  std::ranges::move(more, std::back_inserter(parts));
}

bool is_wanted(const InstallLayout& layout, const std::string& path) {
  return std::ranges::find(layout.files, path, &WantedFile::path) != layout.files.end();
}

bool is_for_a_person(const std::string& path) {
  const InstallLayout layout = layout_of(Starter::daemon, {});
  const auto found = std::ranges::find(layout.files, path, &WantedFile::path);
  return found != layout.files.end() && found->hand == Hand::person;
}

// Folders of the system are told of only when they have to be made.
std::vector<InstallPart> plan_folders(const InstallLayout& layout, const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  for (const WantedFolder& folder : layout.folders) {
    InstallPart part = plan_folder(folder, observed);
    if (folder.ours || part.state != InstallState::in_place) parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<InstallPart> plan_files(const InstallLayout& layout, const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  for (const RecordedFile& file : observed.record.files)
    if (!is_wanted(layout, file.path)) parts.push_back(plan_file_removal(file, observed, false));
  for (const WantedFile& file : layout.files) parts.push_back(plan_file(file, observed));
  return parts;
}

InstallPart missing_program(std::string_view file, const std::string& package) {
  return {.kind = InstallPartKind::file,
          .name = std::string(file),
          .state = InstallState::left_out,
          .note = package + " is not installed",
          .hint = fmt::format("with it: `apt-get install {}`, then `ballast install`", package)};
}

std::vector<InstallPart> plan_left_out(const ObservedServer& observed, bool gate) {
  std::vector<InstallPart> parts;
  if (!gate) return parts;
  if (!observed.traits.sshd) parts.push_back(missing_program(sshd_file, "openssh-server"));
  if (!observed.traits.sudo) parts.push_back(missing_program(sudoers_file, "sudo"));
  return parts;
}

bool was_made(const std::vector<InstallPart>& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &InstallPart::name);
  return found != parts.end() && found->changes();
}

void note_starter(InstallPlan& plan, const InstallLayout& layout, const ObservedServer& observed) {
  if (layout.starter == Starter::cron) {
    if (observed.machine && !observed.cron)
      plan.notes.push_back(fmt::format(
          "no cron is installed, so that nobody reads {}: `apt-get install cron`", cron_file));
    return;
  }
  const FoundEntry* cron = observed.entry(std::string(cron_file));
  if (cron != nullptr && observed.record.file(cron_file) == nullptr)
    plan.notes.push_back(fmt::format(
        "{} was not written by Ballast: what it calls is called beside the schedule", cron_file));
  if (!observed.machine || observed.systemd_runs) return;
  const std::string start =
      layout.starter == Starter::daemon ? "ballast watch" : "ballast schedule run";
  plan.notes.push_back(
      observed.systemctl
          ? fmt::format("systemd does not run here: {} starts with it; until then, by hand: `{}`",
                        layout.unit, start)
          : fmt::format("there is no systemd here, so that nothing starts {}: `ballast install "
                        "--cron`, or by hand: `{}`",
                        layout.unit, start));
}

void note_gate(InstallPlan& plan, const ObservedServer& observed) {
  if (!observed.machine)
    plan.notes.emplace_back(
        "it is not this machine's root: no user was made, no service enabled, nothing checked");
  if (was_made(plan.parts, deploy_keys))
    plan.notes.push_back(fmt::format(
        "for each key of a deployer: a line in {}, an entry in /etc/ballast/access.yaml",
        deploy_keys));
  const auto daemon = observed.units.find(unit_of(Starter::daemon));
  if (was_made(plan.parts, group_of_gate) && daemon != observed.units.end() &&
      daemon->second.active)
    plan.notes.emplace_back(
        "the daemon opens the gate when it starts: `systemctl restart ballast`, when no job runs");
  if (was_made(plan.parts, sshd_file) && observed.machine && !observed.systemd_runs)
    plan.notes.emplace_back("sshd reads its settings when it is told to: `service ssh reload`");
}

// Folders below first.
std::vector<InstallPart> plan_folder_removal(const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  for (const std::string& path : observed.record.folders)
    parts.push_back({.kind = InstallPartKind::folder,
                     .name = path,
                     .state = InstallState::removed,
                     .note = "if it is empty"});
  std::ranges::reverse(parts);
  return parts;
}

}  // namespace

std::string_view part_kind_name(InstallPartKind kind) {
  switch (kind) {
    case InstallPartKind::file: return "file";
    case InstallPartKind::folder: return "folder";
    case InstallPartKind::group: return "group";
    case InstallPartKind::user: return "user";
    case InstallPartKind::service: return "service";
  }
  return "";
}

std::string_view part_state_name(InstallState state) {
  switch (state) {
    case InstallState::in_place: return "in place";
    case InstallState::made: return "made";
    case InstallState::changed: return "changed";
    case InstallState::removed: return "removed";
    case InstallState::kept: return "kept";
    case InstallState::refused: return "refused";
    case InstallState::left_out: return "left out";
    case InstallState::failed: return "failed";
  }
  return "";
}

bool is_refused(const InstallPlan& plan) {
  return std::ranges::find(plan.parts, InstallState::refused, &InstallPart::state) !=
         plan.parts.end();
}

Starter chosen_starter(std::optional<Starter> wanted, const ObservedServer& observed) {
  if (wanted) return *wanted;
  if (observed.record.starter) return *observed.record.starter;
  return observed.systemd_runs ? Starter::daemon : Starter::cron;
}

InstallPlan plan_install(const InstallLayout& layout, const ObservedServer& observed) {
  InstallPlan plan{.parts = {}, .notes = {}, .starter = layout.starter};
  const bool gate = unfit_because(observed).empty();
  append(plan.parts, plan_others_disabled(layout, observed));
  append(plan.parts, plan_folders(layout, observed));
  append(plan.parts, plan_accounts(observed));
  append(plan.parts, plan_files(layout, observed));
  append(plan.parts, plan_left_out(observed, gate));
  append(plan.parts, plan_reloads(observed, plan.parts));
  append(plan.parts, plan_starter(layout, observed));
  note_starter(plan, layout, observed);
  note_gate(plan, observed);
  return plan;
}

InstallPlan plan_uninstall(const ObservedServer& observed) {
  InstallPlan plan{.parts = plan_service_removal(observed), .notes = {}, .starter = {}};
  for (const RecordedFile& file : observed.record.files)
    plan.parts.push_back(plan_file_removal(file, observed, is_for_a_person(file.path)));
  append(plan.parts, plan_reloads(observed, plan.parts));
  append(plan.parts, plan_account_removal(observed));
  append(plan.parts, plan_folder_removal(observed));
  return plan;
}

}  // namespace ballast
