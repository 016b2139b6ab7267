#include "model/paths.h"

#include <string_view>

namespace ballast {

namespace {

std::string under(std::string_view root, std::string_view path) {
  while (root.ends_with('/')) root.remove_suffix(1);
  return std::string(root) + std::string(path);
}

std::string below(const std::string& folder, const std::string& name) {
  return name.empty() ? folder : folder + "/" + name;
}

}  // namespace

std::string Paths::at(const std::string& absolute) const { return under(root, absolute); }

std::string Paths::stacks() const { return under(root, "/srv/stacks"); }
std::string Paths::stack(const std::string& name) const { return below(stacks(), name); }
std::string Paths::history() const { return under(root, "/srv/deployments/history.log"); }

std::string Paths::last_good(const std::string& stack) const {
  return below(under(root, "/srv/deployments/last_good_sha"), stack);
}

std::string Paths::backups(const std::string& stack) const {
  return below(under(root, "/srv/backups"), stack);
}

std::string Paths::state() const { return under(root, "/var/lib/ballast"); }
std::string Paths::journal() const { return state() + "/ballast.db"; }

std::string Paths::release_copies(const std::string& stack, const std::string& release) const {
  return below(below(state() + "/releases", stack), release);
}

std::string Paths::settings() const { return under(root, "/etc/ballast/ballast.yaml"); }
std::string Paths::run() const { return under(root, "/run/ballast"); }

std::string Paths::stack_lock(const std::string& stack) const {
  return run() + "/" + stack + ".lock";
}

// Stack names begin with a letter or digit, so that no stack's lock can have this name.
std::string Paths::history_lock() const { return run() + "/.history.lock"; }
std::string Paths::sets_lock(const std::string& stack, const std::string& work) const {
  return run() + "/." + work + "-" + stack + ".lock";
}
std::string Paths::schedule_lock() const { return run() + "/.schedule.lock"; }
std::string Paths::schedule_notes() const { return state() + "/schedule.json"; }
std::string Paths::alarms() const { return state() + "/alarms.json"; }
std::string Paths::silences() const { return state() + "/silences.json"; }
std::string Paths::silences_lock() const { return run() + "/.silences.lock"; }
std::string Paths::measurements(const std::string& stack) const {
  return below(state() + "/measurements", stack);
}
std::string Paths::sessions() const { return state() + "/sessions"; }
std::string Paths::sessions_lock() const { return run() + "/.sessions.lock"; }
std::string Paths::control_socket() const { return run() + "/control.sock"; }
std::string Paths::access() const { return under(root, "/etc/ballast/access.yaml"); }
std::string Paths::gate_socket() const { return run() + "/gate.sock"; }
std::string Paths::gate_lock() const { return run() + "/.gate.lock"; }
std::string Paths::gate_runs() const { return run() + "/gate"; }
std::string Paths::gate_run_lock(const std::string& stack) const {
  return below(gate_runs(), stack + ".lock");
}
std::string Paths::docker_socket() const { return "/var/run/docker.sock"; }

}  // namespace ballast
