// Copies the sets of a stack to its off-site remote: the pool first, a set's manifest last, each
// file compared with what it is a copy of. The stack itself is not held: an upload of hours keeps
// nobody from a deploy. What was cut off is finished by the next one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "live/stack.h"
#include "model/backup_set.h"
#include "operation/progress.h"

namespace ballast {

struct SendRequest {
  std::string stack;
  std::string operator_name;
  Duration wait{};  // how long to wait for another send
};

struct Sent {
  struct Set {
    std::string id;
    std::uint64_t files = 0;  // that the remote lacked, attachments included
  };
  std::string remote;            // "offsite:backups"
  std::vector<Set> sets;         // in the order in which they arrived
  std::optional<Error> trouble;  // why not all did
  std::string trouble_with;      // the set; empty: nothing could be sent
  Duration elapsed{};

  bool has(const std::string& id) const;
};

// Error(usage) when the policy names no remote. All other trouble is in what it returns.
Sent send_sets(Server& server, Progress& progress, const SendRequest& request);

// The end of a command whose sets did not all arrive.
Error not_sent(const Sent& sent, const std::string& stack);
// The same for a backup: what it made counts, whatever became of the copy.
Error not_sent(const Sent& sent, const BackupSet& made);

}  // namespace ballast
