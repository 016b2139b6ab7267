// The rolling scrub: each backup reads a part of the pool again, so that every attachment was read
// within the policy's period (`backup: {scrub: 28d}`). Where it was, is kept beside the pool.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "backup/store.h"
#include "operation/progress.h"

namespace ballast {

// Of the pool's 256 folders, the last followed by the first.
struct ScrubPart {
  unsigned first = 0;
  unsigned count = 0;

  bool operator==(const ScrubPart&) const = default;
};

// Pure. As much as the time since the last part asks for, one folder at least; `since`: nullopt
// when none was ever read. A period of zero: nothing.
ScrubPart next_scrub(unsigned next, std::optional<Duration> since, Duration period);

struct Scrubbed {
  unsigned folders = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<AttachmentName> damaged;  // put aside, as pool_damage.h says
};

// Only while the stack's lock is held.
Scrubbed scrub_pool(Server& server, const SetStore& store, Duration period, Progress& progress);

}  // namespace ballast
