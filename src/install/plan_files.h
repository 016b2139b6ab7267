// The files and folders of a plan.
#pragma once

#include "install/plan.h"

namespace ballast {

// Whether a file is as the record says that Ballast left it.
bool is_unchanged(const RecordedFile& recorded, const FoundEntry& found, unsigned user);

InstallPart plan_folder(const WantedFolder& wanted, const ObservedServer& observed);
InstallPart plan_file(const WantedFile& wanted, const ObservedServer& observed);
// A file that was written before and is not wanted any more. `yours`: a person was to change it.
InstallPart plan_file_removal(const RecordedFile& recorded, const ObservedServer& observed,
                              bool yours);

}  // namespace ballast
