#include "host/process_state.h"

#include <csignal>

#include <cerrno>
#include <limits>

#include "host/process_files.h"

namespace ballast {

bool process_runs(long long pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  const bool exists = kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
  return exists && !has_ended(process_status(pid));
}

}  // namespace ballast
