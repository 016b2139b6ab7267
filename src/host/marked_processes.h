// Processes of this machine, in whatever container, that were started with a mark in their
// environment; with their sessions, and with all that descends from them.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace ballast {

// `mark` is an assignment: "BALLAST_SESSION=x". Never this process or one that it descends from.
std::vector<long long> marked_processes(const std::string& mark);

// Asks them to end (SIGHUP, SIGTERM), then kills what is there after `patience`. False when
// something is there even then.
bool end_marked_processes(const std::string& mark, Duration patience);

}  // namespace ballast
