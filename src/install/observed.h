// What is on the server before anything is changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/disk.h"
#include "host/machine.h"
#include "host/processes.h"
#include "install/layout.h"
#include "install/record.h"
#include "model/paths.h"

namespace ballast {

struct FoundEntry {
  FileInfo info;
  std::string text;  // of a regular file
};

struct DeployAccount {
  unsigned id = 0;
  std::string home;
  std::vector<std::string> groups;
  bool has_keys_of_its_own = false;  // in ~/.ssh/authorized_keys
};

struct UnitState {
  bool enabled = false;
  bool active = false;
};

struct ObservedServer {
  std::map<std::string, FoundEntry> entries;       // what there is of the paths that were asked for
  std::map<std::string, std::string> open_places;  // path: the folder that somebody else can write
  InstallRecord record;
  unsigned user = 0;  // whose the files are
  unsigned group = 0;
  bool machine = false;  // the root is this machine's own: users and services are its too
  bool systemctl = false;
  bool systemd_runs = false;
  bool cron = false;
  LayoutTraits traits;  // but for `gate`, which is decided from what is here
  bool gate_group = false;
  std::optional<DeployAccount> deploy;
  std::map<std::string, UnitState> units;

  const FoundEntry* entry(const std::string& path) const;  // nullptr: nothing there
};

std::string installed_path(const Paths& paths);  // of the record
// Error(failed) when what is there is no record of this version.
InstallRecord read_record(const Paths& paths);

// Everything but the entries, which hang on the layout. Error(failed) where something cannot be
// told.
ObservedServer observe_server(Machine& machine, Processes& processes, const Paths& paths);
void observe_entries(ObservedServer& observed, const Paths& paths, const InstallLayout& layout);

}  // namespace ballast
