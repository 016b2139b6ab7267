#include "install/plan_services.h"

#include <algorithm>
#include <utility>

namespace ballast {

namespace {

constexpr std::string_view unit_folder = "/etc/systemd/system/";

bool any_changed(const std::vector<InstallPart>& files, std::string_view beginning) {
  return std::ranges::any_of(files, [&](const InstallPart& part) {
    return part.kind == InstallPartKind::file && part.changes() && part.name.starts_with(beginning);
  });
}

std::vector<std::string> systemctl(const ObservedServer& observed, const std::string& verb,
                                   const std::string& unit) {
  if (observed.systemd_runs) return {"systemctl", verb, "--now", unit};
  return {"systemctl", verb, unit};
}

InstallPart disabled(const ObservedServer& observed, const std::string& unit) {
  return {.kind = InstallPartKind::service,
          .name = unit,
          .state = InstallState::removed,
          .note = "no longer enabled",
          .commands = {systemctl(observed, "disable", unit)}};
}

UnitState state_of(const ObservedServer& observed, const std::string& unit) {
  const auto found = observed.units.find(unit);
  return found == observed.units.end() ? UnitState{} : found->second;
}

InstallPart enabled(const ObservedServer& observed, const std::string& unit) {
  InstallPart part{.kind = InstallPartKind::service, .name = unit};
  const UnitState state = state_of(observed, unit);
  if (state.enabled && (state.active || !observed.systemd_runs)) return part;
  part.state = InstallState::made;
  part.note = observed.systemd_runs ? "enabled and started" : "enabled";
  part.commands = {systemctl(observed, "enable", unit)};
  return part;
}

InstallPart reload(std::string name, std::vector<std::string> command) {
  return {.kind = InstallPartKind::service,
          .name = std::move(name),
          .state = InstallState::changed,
          .note = "reads its settings again",
          .commands = {std::move(command)}};
}

}  // namespace

std::vector<InstallPart> plan_reloads(const ObservedServer& observed,
                                      const std::vector<InstallPart>& files) {
  std::vector<InstallPart> parts;
  if (!observed.systemd_runs) return parts;
  if (any_changed(files, unit_folder))
    parts.push_back(reload("systemd", {"systemctl", "daemon-reload"}));
  if (any_changed(files, sshd_file))
    parts.push_back(reload("ssh.service", {"systemctl", "try-reload-or-restart", "ssh.service"}));
  return parts;
}

std::vector<InstallPart> plan_starter(const InstallLayout& layout, const ObservedServer& observed) {
  if (layout.unit.empty() || !observed.machine || !observed.systemctl) return {};
  return {enabled(observed, layout.unit)};
}

std::vector<InstallPart> plan_others_disabled(const InstallLayout& layout,
                                              const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  for (const auto& [unit, state] : observed.units)
    if (unit != layout.unit && state.enabled) parts.push_back(disabled(observed, unit));
  return parts;
}

std::vector<InstallPart> plan_service_removal(const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  for (const std::string& unit : observed.record.services) {
    InstallPart part = disabled(observed, unit);
    if (!state_of(observed, unit).enabled) part.commands.clear();
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace ballast
