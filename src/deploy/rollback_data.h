// A rollback that brings the databases back as well, as they were when the release ran: the
// fallback copy by renames, or a backup set beside the live ones. What was live is kept aside.
#pragma once

#include "deploy/rollback.h"

namespace ballast {

// For rollback() and preview_rollback(), where the request says `with_data`.
OperationResult rollback_with_data(Server& server, Progress& progress,
                                   const RollbackRequest& request);
Preview preview_rollback_with_data(Server& server, const RollbackRequest& request);

}  // namespace ballast
