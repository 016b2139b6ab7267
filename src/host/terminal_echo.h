// Whether a terminal shows what is typed. Private to this room and to who runs programs elsewhere.
#pragma once

#include <optional>

namespace ballast {

bool terminal_echoes(int descriptor);
// The terminal of that process, in whatever container; nullopt when it cannot be asked.
std::optional<bool> terminal_of_process_echoes(long long pid);

}  // namespace ballast
