// The steps that every exchange ends with: change places, prove what runs then, write it down.
// Their way back leaves what was live before, running as it did.
#pragma once

#include "live/work.h"
#include "model/backup_set.h"
#include "restore/exchange.h"

namespace ballast {

// Keeps it as the running step's fact, for the steps that follow.
void remember_exchange(StepRun& run, const Exchange& exchange);
Exchange exchange_of(const StepRun& run);

void swap_over(Work& work, StepRun& run);
void undo_swap_over(Work& work, StepRun& run);
void verify_exchange(Work& work, StepRun& run);
void commit_exchange(Work& work, StepRun& run);

// Whether the step that changes live data was reached.
bool reached_live_data(const Facts& facts);

// The server that the databases are on, asked again for a minute where every connection is taken.
// Error(refused) when its service does not run.
Postgres database_server(Work& work);

// The image of the exchange's release, pulled if it is gone. Error(refused) with what to do.
void require_image(Work& work, const SetRelease& release, Exchange& exchange, Progress& progress);

}  // namespace ballast
