// Attachments of the pool whose content went bad: moved to damaged/, out of the way of a copy that
// production still has. Each is written down first, as a file in untold/, until a command told it:
// an operation that is cut off must not take its finding with it.
#pragma once

#include <vector>

#include "backup/store.h"
#include "model/attachments.h"

namespace ballast {

// Only while the stack's lock is held.
void put_aside(Server& server, const SetStore& store, const std::vector<AttachmentName>& names);
// Both sorted.
std::vector<AttachmentName> attachments_aside(Server& server, const SetStore& store);
std::vector<AttachmentName> untold_damage(Server& server, const SetStore& store);
void damage_is_told(Server& server, const SetStore& store,
                    const std::vector<AttachmentName>& names);

}  // namespace ballast
