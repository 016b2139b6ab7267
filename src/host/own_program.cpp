#include "host/own_program.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string_view>

#include "host/posix_error.h"

namespace ballast {

std::string own_program() {
  constexpr std::string_view replaced = " (deleted)";
  std::array<char, PATH_MAX> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length < 0) throw system_error("cannot tell the file of this program", errno);
  std::string_view file(path.data(), static_cast<std::size_t>(length));
  if (file.ends_with(replaced)) file.remove_suffix(replaced.size());
  return std::string(file);
}

}  // namespace ballast
