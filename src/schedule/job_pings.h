// Tells a service in the manner of healthchecks.io of each job: that it began, how it ended. So
// somebody notices, too, when nothing runs any more.
#pragma once

#include <string>

#include "host/host.h"
#include "model/paths.h"
#include "notify/pinger.h"
#include "schedule/job.h"

namespace ballast {

class JobPings {
 public:
  // Settings that are wrong ping nobody: whoever reads them for their own sake says so.
  JobPings(Host& host, const Paths& paths);

  void began(const Job& job, Time started);
  void ended(const Job& job, Time started, bool went_well, const std::string& message);

 private:
  void ping(const Job& job, Time started, PingKind kind, const std::string& body);

  Pinger pinger_;
};

}  // namespace ballast
