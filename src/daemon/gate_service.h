// The gate's socket of the daemon: who is let through, what runs for them, and how often each key
// called.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/snapshot.h"
#include "gate/gate_runs.h"
#include "gate/gatekeeper.h"
#include "host/stream_server.h"

namespace ballast {

// Who is in it may call the gate.
inline constexpr const char* gate_group = "ballast-gate";

class GateService {
 public:
  using Say = std::function<void(std::string_view)>;

  // Answers until it is destroyed. Error(failed) when the socket cannot be had.
  GateService(Server& server, unsigned group, const std::string& program, Say say);

  std::vector<GateCount> counts() const;  // since the start

 private:
  void serve(const std::string& request, const Caller& caller, LocalStream& stream);
  void note(const Judged& judged);

  Server& server_;
  Say say_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, unsigned long long> counts_;  // key, verdict
  GateRuns runs_;
  std::unique_ptr<StreamServer> listener_;  // ends first
};

}  // namespace ballast
