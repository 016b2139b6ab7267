// What `ballast drift` tells: what is not as it was deployed, and what was done by hand since.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drift/difference.h"
#include "live/modified_by_hand.h"

namespace ballast {

// One entry of the audit chain.
struct RecordedFinding {
  Time at{};
  std::string what;
  std::string subject;
  std::string text;
  std::string who;  // in words
  Json logged_in;
};

struct DriftOverview {
  DriftReport report;
  std::optional<Time> released;
  std::optional<ModifiedByHand> modified;
  std::vector<RecordedFinding> recorded;  // since the release, oldest first

  bool is_none() const;  // all is known to be as it was deployed
};

// Error(usage): there is no such stack. `contents`: with the lines of text files in the release's
// containers, for which a container of its image is made, which does not run, and removed.
DriftOverview drift_overview(Server& server, const std::string& stack, bool contents);

}  // namespace ballast
