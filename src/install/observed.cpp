#include "install/observed.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "host/guarded_file.h"
#include "install/system_command.h"

namespace ballast {

namespace {

bool is_there(const Paths& paths, const std::string& path) {
  return guarded_info(paths.at(path)).has_value();
}

// The line of that database; nullopt when there is no such name.
std::optional<std::string> named(Processes& processes, const std::string& database,
                                 const std::string& name) {
  const Outcome outcome = processes.run(system_command({"getent", database, name}));
  constexpr int no_such_name = 2;
  if (outcome.status == no_such_name) return std::nullopt;
  require_ok(outcome, fmt::format("getent {} {}", database, name));
  return std::string(trim(outcome.output));
}

unsigned number_in(const std::string& text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool has_keys(const std::string& home) {
  const auto info = guarded_info(home + "/.ssh/authorized_keys");
  return info && info->size > 0;
}

std::optional<DeployAccount> account(Processes& processes, const std::string& name) {
  const auto line = named(processes, "passwd", name);
  if (!line) return std::nullopt;
  const Outcome groups = processes.run(system_command({"id", "-nG", name}));
  require_ok(groups, "id -nG " + name);
  const auto fields = split(*line, ':');
  constexpr std::size_t id_field = 2;
  constexpr std::size_t home_field = 5;
  if (fields.size() <= home_field)
    throw Error(Kind::failed,
                fmt::format("cannot tell what user {} is: `{}`", name, printable(*line)));
  return DeployAccount{.id = number_in(fields[id_field]),
                       .home = fields[home_field],
                       .groups = split_words(groups.output),
                       .has_keys_of_its_own = has_keys(fields[home_field])};
}

UnitState unit_state(Processes& processes, const std::string& unit) {
  const Outcome enabled = processes.run(system_command({"systemctl", "is-enabled", unit}));
  const Outcome active = processes.run(system_command({"systemctl", "is-active", unit}));
  return {.enabled = trim(enabled.output) == "enabled", .active = trim(active.output) == "active"};
}

void observe_machine(ObservedServer& observed, Processes& processes) {
  observed.gate_group = named(processes, "group", std::string(group_of_gate)).has_value();
  observed.deploy = account(processes, std::string(deploy_user));
  if (!observed.systemctl) return;
  for (const Starter starter : {Starter::daemon, Starter::timers})
    observed.units[unit_of(starter)] = unit_state(processes, unit_of(starter));
}

void observe_entry(ObservedServer& observed, const Paths& paths, const std::string& path) {
  const std::string place = paths.at(path);
  const auto info = guarded_info(place);
  if (!info) return;
  FoundEntry entry{.info = *info, .text = {}};
  if (info->type == FileType::regular) entry.text = guarded_read(place).value_or("");
  observed.entries[path] = std::move(entry);
}

void observe_folder(ObservedServer& observed, const Paths& paths, const std::string& path) {
  if (const auto info = guarded_folder_info(paths.at(path)))
    observed.entries[path] = {.info = *info, .text = {}};
}

}  // namespace

const FoundEntry* ObservedServer::entry(const std::string& path) const {
  const auto found = entries.find(path);
  return found == entries.end() ? nullptr : &found->second;
}

std::string installed_path(const Paths& paths) { return paths.state() + "/installed.json"; }

InstallRecord read_record(const Paths& paths) {
  const auto text = guarded_read(installed_path(paths));
  if (!text) return {};
  if (auto record = parse_record(*text)) return *std::move(record);
  throw Error(
      Kind::failed,
      fmt::format("{} is no record of what was installed that this version can read",
                  installed_path(paths)),
      "a newer ballast wrote it: use that one; if it is damaged, move it away: every file is "
      "then taken for somebody else's, and named");
}

ObservedServer observe_server(Machine& machine, Processes& processes, const Paths& paths) {
  ObservedServer observed;
  observed.record = read_record(paths);
  observed.user = machine.user();
  // Another user's than root's are only in another root than this machine's.
  if (observed.user != 0) observed.group = guarded_folder_info(paths.at("/."))->group;
  observed.machine = paths.at("/") == "/";
  observed.systemctl = is_there(paths, "/usr/bin/systemctl");
  observed.systemd_runs = observed.machine && is_there(paths, "/run/systemd/system");
  observed.cron = is_there(paths, "/usr/sbin/cron");
  observed.traits = {.packaged_units = is_there(paths, "/usr/lib/systemd/system/ballast.service"),
                     .gate = true,
                     .sudo = is_there(paths, "/usr/sbin/visudo"),
                     .sshd = is_there(paths, "/usr/sbin/sshd")};
  if (observed.machine) observe_machine(observed, processes);
  return observed;
}

void observe_entries(ObservedServer& observed, const Paths& paths, const InstallLayout& layout) {
  for (const WantedFolder& folder : layout.folders) observe_folder(observed, paths, folder.path);
  for (const WantedFile& file : layout.files) {
    observe_entry(observed, paths, file.path);
    const std::string open = folder_open_to_others(paths.at(file.path));
    if (!open.empty()) observed.open_places[file.path] = open;
  }
  for (const RecordedFile& file : observed.record.files) observe_entry(observed, paths, file.path);
  observe_entry(observed, paths, std::string(cron_file));
}

}  // namespace ballast
