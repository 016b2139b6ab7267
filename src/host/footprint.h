// For a process that stays: memory that it does not need goes back to the system.
#pragma once

namespace ballast {

void keep_footprint_small();  // before the first thread is started
void give_memory_back();

}  // namespace ballast
