// Brings a set from a remote into the stack's own store, as if it had been made here. Nothing
// counts before it was read and found good: files by the manifest's SHA-256, attachments by their
// names. What was cut off goes on where it was.
#pragma once

#include <memory>
#include <string>

#include "live/server.h"
#include "model/remote.h"
#include "operation/progress.h"

namespace ballast {

struct FetchRequest {
  std::string stack;
  Remote remote;
  std::string set;  // an id, the beginning of one, or "latest"
  std::string operator_name;
  Duration wait{};
};

struct Fetched {
  std::string id;
  std::unique_ptr<Lock> lock;  // as long as it is held, no retention removes the set
};

// Error(refused) when there is no room for it, or when what lies there is damaged.
Fetched fetch_set(Server& server, Progress& progress, const FetchRequest& request);

}  // namespace ballast
