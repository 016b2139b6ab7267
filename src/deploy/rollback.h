// Back to a release that was good.
#pragma once

#include "deploy/deploy.h"

namespace ballast {

struct RollbackRequest {
  std::string stack;
  std::string to;  // empty: last good, or the good one before it when last good is what runs
  bool keep_configuration =
      false;                // compose file, policy and .env (but its tag line) stay as they are
  bool image_only = false;  // also against databases that have changed since
  bool with_data = false;   // the databases come back as well, as they were
  std::string operator_name;
  std::string environment;
  Duration wait{};
  std::string via_key;  // of the gate, by which it came; empty: by none
};

OperationResult rollback(Server& server, Progress& progress, const RollbackRequest& request);
Preview preview_rollback(Server& server, const RollbackRequest& request);

}  // namespace ballast
