// The metrics of a stack's backups, off-site copies and drills. Pure.
#pragma once

#include "daemon/stack_page.h"
#include "watch/observed.h"

namespace ballast {

void add_backup_metrics(StackPage& page, const Observed& observed);

}  // namespace ballast
