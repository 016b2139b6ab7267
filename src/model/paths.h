// Where everything lives under one root (DESIGN: section 4).
#pragma once

#include <string>

namespace ballast {

struct Paths {
  std::string root = "/";

  // What a policy names from `/` on.
  std::string at(const std::string& absolute) const;

  std::string stacks() const;  // /srv/stacks
  std::string stack(const std::string& name) const;
  std::string history() const;                            // /srv/deployments/history.log
  std::string last_good(const std::string& stack) const;  // /srv/deployments/last_good_sha/<stack>
  std::string backups(const std::string& stack) const;
  std::string state() const;    // /var/lib/ballast
  std::string journal() const;  // /var/lib/ballast/ballast.db
  std::string release_copies(const std::string& stack,
                             const std::string& release) const;  // state/releases/<stack>/<release>
  std::string settings() const;                                  // /etc/ballast/ballast.yaml
  std::string run() const;                                       // /run/ballast
  std::string stack_lock(const std::string& stack) const;        // /run/ballast/<stack>.lock
  std::string history_lock() const;
  // Work on a stack's sets that does not hold the stack itself: "send", "fetch".
  std::string sets_lock(const std::string& stack, const std::string& work) const;
  std::string schedule_lock() const;   // of the schedule's runs, on the whole server
  std::string schedule_notes() const;  // state/schedule.json
  std::string alarms()
      const;  // state/alarms.json: the daemon's, what it told and what it waits for
  std::string silences() const;                              // state/silences.json
  std::string silences_lock() const;                         // of who changes them
  std::string measurements(const std::string& stack) const;  // state/measurements/<stack>
  std::string access() const;       // /etc/ballast/access.yaml: what the gate's keys may do
  std::string gate_socket() const;  // /run/ballast/gate.sock
  std::string gate_lock() const;    // of who counts a call
  std::string gate_runs() const;    // /run/ballast/gate: what the gate runs, and what it said
  std::string gate_run_lock(const std::string& stack) const;
  std::string sessions() const;        // state/sessions: of break-glass, a folder each
  std::string sessions_lock() const;   // of who changes them
  std::string control_socket() const;  // /run/ballast/control.sock
  std::string docker_socket() const;   // /var/run/docker.sock, whatever the root
};

}  // namespace ballast
