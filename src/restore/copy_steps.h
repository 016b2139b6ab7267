// What restore and import do alike with copies of databases and files that stand beside the live
// ones: they are neutralised before they may run, and taken away when they are not to come in.
#pragma once

#include <string>

#include "restore/exchange_steps.h"

namespace ballast {

// Error(refused) when a database or a folder of attachments has that name. `filestore`: the folder
// of those folders; empty: none.
void require_free_name(Work& work, const std::string& name, const std::string& filestore);

// In which something was read or loaded.
void remove_container(Work& work, StepRun& run);
void drop_copies(Work& work, StepRun& run);
void remove_copies(Work& work, StepRun& run);
void neutralise_copy(Work& work, StepRun& run);
void tidy_copies(Work& work, StepRun& run);

}  // namespace ballast
