// `ballast install` and `ballast uninstall`: what a server needs beside the program itself.
#pragma once

#include <optional>

#include "base/json.h"
#include "host/host.h"
#include "install/plan.h"
#include "model/paths.h"

namespace ballast {

struct InstallRequest {
  std::optional<Starter> starter;  // nullopt: the one that there is, else what suits the server
  bool dry_run = false;
};

struct InstallReport {
  InstallPlan plan;
  bool dry_run = false;
  bool removal = false;

  int status() const;
  bool changed() const;  // anything at all
};

// Error(refused) when it is not root's to do, or when nothing would call the program; Error(locked)
// when another one is at work. What stands in the way is in the report, and then nothing was
// changed.
InstallReport install(Host& host, const Paths& paths, const InstallRequest& request);
InstallReport uninstall(Host& host, const Paths& paths, bool dry_run);

// What the chain of records keeps of it.
Json audit_content(const InstallReport& report);

}  // namespace ballast
