#include "host/marked_processes.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "base/text.h"
#include "host/descriptor.h"
#include "host/process_files.h"

namespace ballast {

namespace {

constexpr Duration pause = std::chrono::milliseconds(50);
constexpr Duration time_to_die = std::chrono::seconds(5);

struct Seen {
  long long parent = 0;
  long long session = 0;
  std::string began;  // tells a process from a later one of the same number
};

// nullopt for one that has ended.
std::optional<Seen> look_at(long long pid) {
  const auto status = process_status(pid);
  constexpr std::size_t start_time = 19;
  if (status.size() <= start_time || has_ended(status)) return std::nullopt;
  return Seen{.parent = std::atoll(status[1].c_str()),
              .session = std::atoll(status[3].c_str()),
              .began = status[start_time]};
}

bool bears(long long pid, const std::string& mark) {
  const auto environment = process_file(pid, "environ");
  if (!environment) return false;
  const auto all = split(*environment, '\0');
  return std::ranges::find(all, mark) != all.end();
}

std::map<long long, Seen> all_processes() {
  std::map<long long, Seen> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc"), closedir);
  if (!folder) return found;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    long long pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
    if (auto seen = look_at(pid)) found.emplace(pid, *std::move(seen));
  }
  return found;
}

std::set<long long> own_line(const std::map<long long, Seen>& all) {
  std::set<long long> line;
  for (long long pid = getpid(); pid > 0 && line.insert(pid).second;) {
    const auto found = all.find(pid);
    pid = found == all.end() ? 0 : found->second.parent;
  }
  return line;
}

// In a container the session of process 1 is its own; 0 is nobody's.
bool belongs(const Seen& seen, const std::set<long long>& marked) {
  return marked.contains(seen.parent) || (seen.session > 0 && marked.contains(seen.session));
}

std::map<long long, Seen> marked(const std::string& mark) {
  const auto all = all_processes();
  const auto line = own_line(all);
  std::set<long long> found;
  for (const auto& [pid, seen] : all)
    if (!line.contains(pid) && bears(pid, mark)) found.insert(pid);
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [pid, seen] : all)
      if (!line.contains(pid) && belongs(seen, found)) grows |= found.insert(pid).second;
  }
  std::map<long long, Seen> result;
  for (const long long pid : found) result.emplace(pid, all.at(pid));
  return result;
}

void send_to(const std::map<long long, Seen>& processes, int signal) {
  for (const auto& [pid, seen] : processes) {
    const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const auto now = process ? look_at(pid) : std::nullopt;
    if (now && now->began == seen.began)
      syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
  }
}

bool gone_within(const std::string& mark, Duration patience, int signal) {
  const Monotonic until = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = marked(mark);
    if (left.empty()) return true;
    if (std::chrono::steady_clock::now() >= until) return false;
    if (signal != 0) send_to(left, signal);
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

std::vector<long long> marked_processes(const std::string& mark) {
  std::vector<long long> pids;
  for (const auto& [pid, seen] : marked(mark)) pids.push_back(pid);
  return pids;
}

bool end_marked_processes(const std::string& mark, Duration patience) {
  const auto first = marked(mark);
  // An interactive shell heeds the first only, most programs both.
  send_to(first, SIGHUP);
  send_to(first, SIGTERM);
  send_to(first, SIGCONT);
  // Those that are killed may have begun others meanwhile: each round looks anew.
  return gone_within(mark, patience, 0) || gone_within(mark, time_to_die, SIGKILL);
}

}  // namespace ballast
