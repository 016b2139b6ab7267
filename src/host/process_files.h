// What the kernel tells of a process in /proc. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ballast {

// nullopt: it is gone, or may not be looked at.
std::optional<std::string> process_file(long long pid, const char* name);

// The words of its `stat` behind its name: state, parent, group, session …; empty: it is gone.
std::vector<std::string> process_status(long long pid);

// Of them: it only waits for its parent, or not even that.
bool has_ended(const std::vector<std::string>& status);

}  // namespace ballast
