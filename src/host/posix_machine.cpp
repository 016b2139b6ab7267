#include "host/posix_machine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <exception>
#include <thread>
#include <vector>

#include "base/text.h"
#include "host/descriptor.h"
#include "host/posix_clock.h"
#include "host/posix_error.h"
#include "host/process_state.h"

namespace ballast {

namespace {

constexpr Duration time_to_end = std::chrono::seconds(10);
constexpr std::size_t longest_system_file = 64 << 10;

std::optional<std::string> system_file(const char* path) {
  const Descriptor file(open(path, O_RDONLY | O_CLOEXEC));
  return file ? read_up_to(file.get(), longest_system_file) : std::nullopt;
}

// Of "MemAvailable:   123 kB".
std::optional<std::uint64_t> bytes_of(const std::vector<std::string>& lines,
                                      std::string_view name) {
  for (const std::string& line : lines)
    if (line.starts_with(name))
      return std::strtoull(line.c_str() + name.size(), nullptr, 10) * 1024;
  return std::nullopt;
}

bool await_end(const Descriptor& process) {
  const Monotonic until = std::chrono::steady_clock::now() + time_to_end;
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  int answer = 0;
  do answer = poll(&ended, 1, poll_timeout(until));
  while (answer < 0 && errno == EINTR);
  return answer == 1;
}

void send_signal(const Descriptor& process, int signal, long long pid) {
  if (syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) != 0 && errno != ESRCH)
    throw system_error(fmt::format("cannot end process {}", pid), errno);
}

}  // namespace

unsigned PosixMachine::user() { return geteuid(); }

std::string PosixMachine::user_name(unsigned uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> buffer{};
  const int failure = getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0 || found == nullptr) return fmt::format("uid {}", uid);
  return entry.pw_name;
}

std::string PosixMachine::login_name() { return user_name(getuid()); }

std::string PosixMachine::host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string PosixMachine::working_directory() {
  std::array<char, PATH_MAX> path{};
  if (getcwd(path.data(), path.size()) == nullptr)
    throw system_error("this folder has no path any more", errno);
  return path.data();
}

std::optional<std::string> PosixMachine::variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::optional<Memory> PosixMachine::memory() {
  const auto lines = split_lines(system_file("/proc/meminfo").value_or(""));
  const auto total = bytes_of(lines, "MemTotal:");
  const auto available = bytes_of(lines, "MemAvailable:");
  if (!total || !available) return std::nullopt;
  return Memory{.total = *total, .available = *available};
}

long long PosixMachine::process() { return getpid(); }

std::string PosixMachine::boot() {
  return std::string(trim(system_file("/proc/sys/kernel/random/boot_id").value_or("")));
}

bool PosixMachine::running(long long pid) { return process_runs(pid); }

void PosixMachine::end_process(long long pid) {
  if (!process_runs(pid)) return;
  // From here on it is this process that is meant, even if its number is given to another one.
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process && errno == ESRCH) return;
  if (!process) throw system_error(fmt::format("cannot end process {}", pid), errno);
  send_signal(process, SIGTERM, pid);
  if (await_end(process)) return;
  send_signal(process, SIGKILL, pid);
  await_end(process);
}

void PosixMachine::in_network_of(long long pid, const std::function<void()>& work) {
  const std::string path = fmt::format("/proc/{}/ns/net", pid);
  const Descriptor network(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!network) throw system_error("cannot open " + path, errno);
  std::exception_ptr thrown;
  std::thread inside([&] {
    try {
      if (setns(network.get(), CLONE_NEWNET) != 0)
        throw system_error(fmt::format("cannot enter the network of process {}", pid), errno);
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  });
  inside.join();
  if (thrown) std::rethrow_exception(thrown);
}

std::string PosixMachine::random_hex(std::size_t digits) {
  std::string hex;
  while (hex.size() < digits) {
    std::array<unsigned char, 32> bytes{};
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno != EINTR) throw system_error("the kernel gives no random bytes", errno);
    for (ssize_t index = 0; index < got; ++index)
      hex += fmt::format("{:02x}", bytes.at(static_cast<std::size_t>(index)));
  }
  hex.resize(digits);
  return hex;
}

}  // namespace ballast
