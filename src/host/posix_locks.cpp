#include "host/posix_locks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "host/descriptor.h"
#include "host/folder.h"
#include "host/posix_disk.h"
#include "host/posix_error.h"
#include "host/process_state.h"
#include "host/tree_removal.h"

namespace ballast {

namespace {

constexpr std::size_t longest_record = 16 << 10;
constexpr mode_t lock_mode = 0644;
// held() takes the lock for an instant to see whether it is free; who acquires must not take that
// for a holder.
constexpr int attempts = 20;
constexpr auto between_attempts = std::chrono::milliseconds(5);

// Closing releases, but only once no child has it either: LOCK_UN would take it from them.
class FileLock : public Lock {
 public:
  explicit FileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  int descriptor() const override { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
};

Descriptor open_lock(const std::string& path) {
  Descriptor descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, lock_mode));
  if (descriptor) return descriptor;
  if (errno == ELOOP) throw symlink_error(path);
  throw Error(Kind::failed, "cannot open the lock " + path + ": " + error_text(errno),
              errno == EACCES ? "run ballast as root (sudo)" : "");
}

// False when somebody else holds it.
bool try_lock(const Descriptor& descriptor, int operation, const std::string& path) {
  while (flock(descriptor.get(), operation | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw system_error("cannot lock " + path, errno);
  }
  return true;
}

bool try_lock_for_good(const Descriptor& descriptor, const std::string& path) {
  for (int attempt = 1; !try_lock(descriptor, LOCK_EX, path); ++attempt) {
    if (attempt == attempts) return false;
    std::this_thread::sleep_for(between_attempts);
  }
  return true;
}

Holder read_holder(const Descriptor& descriptor) {
  lseek(descriptor.get(), 0, SEEK_SET);
  const std::string text = read_up_to(descriptor.get(), longest_record).value_or("");
  const Json json = parse_json(text).value_or(Json());
  const long long pid = number_at(json, "pid");
  return {.operation = text_at(json, "operation", "unknown"),
          .operator_name = text_at(json, "operator", "unknown"),
          .pid = pid,
          .since = parse_time(text_at(json, "since")).value_or(Time{}),
          .alive = process_runs(pid)};
}

std::string to_the_millisecond(Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = iso_utc(time);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, (time - whole).count());
}

std::string record_of(const Holder& holder) {
  return json_text({{"operation", holder.operation},
                    {"operator", holder.operator_name},
                    {"pid", holder.pid},
                    {"since", to_the_millisecond(holder.since)}}) +
         "\n";
}

void write_holder(const Descriptor& descriptor, const Holder& self, const std::string& path) {
  const std::string text = record_of(self);
  const bool written =
      ftruncate(descriptor.get(), 0) == 0 &&
      pwrite(descriptor.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!written) throw_write_error(path, errno);
}

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// The kernel lists in fdinfo the locks that came with exactly this open file.
bool carries_lock(const std::string& process, const std::string& descriptor) {
  const std::string path = process + "/fdinfo/" + descriptor;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto text = file ? read_up_to(file.get(), longest_record) : std::nullopt;
  if (!text) return false;
  const auto lines = split_lines(*text);
  return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("lock:") && line.find("FLOCK") != line.npos &&
           line.find("WRITE") != line.npos;
  });
}

// A process that ends while it is looked at holds nothing.
std::vector<std::string> names_of(const std::string& folder) {
  Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor ? try_names_in(descriptor).value_or(std::vector<std::string>())
                    : std::vector<std::string>();
}

bool holds(const std::string& process, const struct stat& wanted) {
  const auto names = names_of(process + "/fd");
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    struct stat found {};
    return stat((process + "/fd/" + name).c_str(), &found) == 0 && found.st_dev == wanted.st_dev &&
           found.st_ino == wanted.st_ino && carries_lock(process, name);
  });
}

}  // namespace

std::variant<std::unique_ptr<Lock>, Holder> PosixLocks::acquire(const std::string& path,
                                                                const Holder& self) {
  PosixDisk().make_directories(parent_of(path), 0755);
  Descriptor descriptor = open_lock(path);
  if (!try_lock_for_good(descriptor, path)) return read_holder(descriptor);
  write_holder(descriptor, self, path);
  return std::make_unique<FileLock>(std::move(descriptor));
}

std::optional<Holder> PosixLocks::held(const std::string& path) {
  const Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!descriptor && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!descriptor && errno == ELOOP) throw symlink_error(path);
  if (!descriptor) throw system_error("cannot open the lock " + path, errno);
  // Shared: two who ask at once do not see each other.
  if (try_lock(descriptor, LOCK_SH, path)) return std::nullopt;
  return read_holder(descriptor);
}

std::vector<long long> PosixLocks::holders(const std::string& path) {
  std::vector<long long> found;
  struct stat wanted {};
  if (stat(path.c_str(), &wanted) != 0) return found;
  for (const std::string& name : names_of("/proc")) {
    if (!is_number(name) || std::stoll(name) == getpid()) continue;
    if (holds("/proc/" + name, wanted)) found.push_back(std::stoll(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace ballast
