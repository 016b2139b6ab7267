// A server in a folder of its own, the programs of which answer what a test lays into them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "host/posix_machine.h"
#include "host/test_folder.h"
#include "install/carry_out.h"
#include "install/observed.h"
#include "install/plan.h"

namespace ballast {

class FakeProcesses : public Processes {
 public:
  Outcome run(const Command& command) override {
    const std::string words = join(command.argv, " ");
    ran.push_back(words);
    inputs[words] = command.input;
    Outcome outcome;
    outcome.status = 0;
    const auto answer = answers.find(words);
    return answer == answers.end() ? outcome : answer->second;
  }
  std::optional<std::string> find(const std::string&) override { return std::nullopt; }

  std::map<std::string, Outcome> answers;
  std::map<std::string, std::string> inputs;
  std::vector<std::string> ran;
};

inline Outcome answer(int status, const std::string& output, const std::string& errors = {}) {
  Outcome outcome;
  outcome.status = status;
  outcome.output = output;
  outcome.errors = errors;
  return outcome;
}

inline const std::string sshd_effect =
    "/usr/sbin/sshd -T -C user=deploy,host=localhost,addr=127.0.0.1";

class TestServer {
 public:
  TestServer() {
    set_mode("/", 0755);
    processes.answers[sshd_effect] =
        answer(0, "port 22\nauthorizedkeysfile " + std::string(deploy_keys) + "\n");
  }

  // As on a machine of its own, with everything that there could be.
  ObservedServer observe() {
    ObservedServer seen = observe_server(machine, processes, paths);
    seen.machine = true;
    seen.systemctl = true;
    seen.systemd_runs = true;
    seen.traits = {};
    return seen;
  }
  InstallPlan plan(Starter starter = Starter::cron,
                   std::function<void(ObservedServer&)> change = {}) {
    observed = observe();
    if (change) change(observed);
    observed.traits.gate = unfit_because(observed).empty();
    const InstallLayout layout = layout_of(starter, observed.traits);
    observe_entries(observed, paths, layout);
    return plan_install(layout, observed);
  }
  InstallPlan install(Starter starter = Starter::cron,
                      const std::function<void(ObservedServer&)>& change = {}) {
    InstallPlan made = plan(starter, change);
    if (!is_refused(made)) carry_out(processes, paths, observed, made);
    return made;
  }
  InstallPlan uninstall(const std::function<void(ObservedServer&)>& change = {}) {
    observed = observe();
    if (change) change(observed);
    observe_entries(observed, paths, {});
    InstallPlan removal = plan_uninstall(observed);
    if (!observed.record.empty()) carry_out(processes, paths, observed, removal);
    return removal;
  }

  void set_mode(const std::string& absolute, unsigned mode) const {
    std::filesystem::permissions(path(absolute), std::filesystem::perms(mode));
  }
  std::string path(const std::string& absolute) const { return folder.path() + absolute; }
  void write(const std::string& absolute, const std::string& text, unsigned mode = 0644) const {
    std::filesystem::create_directories(std::filesystem::path(path(absolute)).parent_path());
    folder.write(absolute.substr(1), text);
    set_mode(absolute, mode);
  }
  std::string read(const std::string& absolute) const { return folder.read(absolute.substr(1)); }
  bool has(const std::string& absolute) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path(absolute)));
  }
  InstallRecord record() const { return read_record(paths); }
  // Mode and content of each file, mode of each folder, by its path.
  std::map<std::string, std::string> tree() const;

  const TestFolder folder;
  const Paths paths{.root = folder.path()};
  PosixMachine machine;
  FakeProcesses processes;
  ObservedServer observed;
};

inline std::map<std::string, std::string> TestServer::tree() const {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string name = entry.path().string().substr(folder.path().size());
    const auto mode = static_cast<unsigned>(entry.symlink_status().permissions());
    found[name] = std::to_string(mode) + " " + (entry.is_regular_file() ? read(name) : "");
  }
  return found;
}

inline const InstallPart& part_of(const InstallPlan& plan, std::string_view name) {
  static const InstallPart none{.name = "(no such part)"};
  for (const InstallPart& part : plan.parts)
    if (part.name == name) return part;
  return none;
}

inline std::string state_of(const InstallPlan& plan, std::string_view name) {
  const InstallPart& part = part_of(plan, name);
  return part.name == name ? std::string(part_state_name(part.state)) : "absent";
}

}  // namespace ballast
