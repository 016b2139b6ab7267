#include "live/own_execs.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"

namespace ballast {

namespace {

constexpr unsigned private_folder = 0700;
constexpr unsigned private_file = 0600;
constexpr std::size_t most_kept = 256;
constexpr Duration longest_kept = std::chrono::minutes(10);

std::string folder_of(const Paths& paths) { return paths.run() + "/execs"; }

// It becomes a file's name.
bool is_id(const std::string& exec) {
  return !exec.empty() &&
         std::ranges::all_of(exec, [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

}  // namespace

void announce_exec(Host& host, const Paths& paths, const std::string& exec) {
  if (!is_id(exec)) return;
  try {
    const std::string folder = folder_of(paths);
    host.disk.make_directories(paths.run());
    host.disk.make_directories(folder, private_folder);
    if (host.disk.list(folder).size() > most_kept) forget_old_execs(host, paths);
    host.disk.append(folder + "/" + exec, "", private_file);
  } catch (const Error&) {
    return;
  }
}

bool is_own_exec(Host& host, const Paths& paths, const std::string& exec) {
  return is_id(exec) && host.disk.info(folder_of(paths) + "/" + exec).has_value();
}

void forget_old_execs(Host& host, const Paths& paths) {
  const std::string folder = folder_of(paths);
  const Time now = host.clock.now();
  for (const std::string& name : host.disk.list(folder)) {
    const auto info = host.disk.info(folder + "/" + name);
    if (info && now - info->modified > longest_kept) host.disk.remove(folder + "/" + name);
  }
}

}  // namespace ballast
