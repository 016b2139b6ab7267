#include "host/process_state.h"

#include <fcntl.h>
#include <csignal>

#include <cerrno>
#include <limits>
#include <string>

#include "host/descriptor.h"

namespace ballast {

namespace {

constexpr std::size_t enough = 4096;

// "1234 (name) Z 1 …", where the name may hold anything, also ") Z".
bool is_zombie(long long pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto text = file ? read_up_to(file.get(), enough) : std::nullopt;
  const auto end = text ? text->rfind(") ") : std::string::npos;
  return end != std::string::npos &&
         (text->substr(end + 2, 1) == "Z" || text->substr(end + 2, 1) == "X");
}

}  // namespace

bool process_runs(long long pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  const bool exists = kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
  return exists && !is_zombie(pid);
}

}  // namespace ballast
