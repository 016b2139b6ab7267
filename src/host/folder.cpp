#include "host/folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "host/posix_error.h"

namespace ballast {

namespace {

bool is_absent(int number) { return number == ENOENT || number == ENOTDIR; }

bool same_device(const std::string& path, dev_t device) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && status.st_dev == device;
}

// Where the file system of a folder is mounted; the folder itself when that cannot be told.
std::string mount_point(const std::string& folder) {
  struct stat status {};
  char* real = realpath(folder.c_str(), nullptr);
  if (real == nullptr) return folder;
  std::string place = real;
  free(real);
  if (stat(place.c_str(), &status) != 0) return folder;
  while (place != "/" && same_device(parent_of(place), status.st_dev)) place = parent_of(place);
  return place;
}

std::string name_of_file(const std::string& path) {
  std::string name = name_of(path);
  if (name.empty() || name == "." || name == "..")
    throw Error(Kind::failed, "`" + path + "` does not name a file");
  return name;
}

}  // namespace

std::string Below::whole() const {
  return folder.ends_with('/') ? folder + path : folder + "/" + path;
}

Below file_at(const std::string& path) { return {parent_of(path), name_of_file(path)}; }

std::string without_last_slashes(const std::string& path) {
  const auto last = path.find_last_not_of('/');
  if (last == std::string::npos) return path.empty() ? "" : "/";
  return path.substr(0, last + 1);
}

std::string parent_of(const std::string& path) {
  const std::string whole = without_last_slashes(path);
  const auto slash = whole.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : without_last_slashes(whole.substr(0, slash));
}

std::string name_of(const std::string& path) {
  const std::string whole = without_last_slashes(path);
  return whole.substr(whole.rfind('/') + 1);
}

Descriptor open_folder(const std::string& path) {
  Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder && !is_absent(errno)) throw system_error("cannot open " + path, errno);
  return folder;
}

Descriptor open_folder(const Below& folder) {
  if (folder.path.empty() || folder.path == ".") return open_folder(folder.folder);
  const Descriptor top(open(folder.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top && is_absent(errno)) return {};
  if (!top) throw system_error("cannot open " + folder.folder, errno);
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  Descriptor opened(
      static_cast<int>(syscall(SYS_openat2, top.get(), folder.path.c_str(), &how, sizeof how)));
  if (opened || is_absent(errno)) return opened;
  if (errno == ELOOP) throw symlink_error(folder.whole());
  if (errno == EXDEV)
    throw Error(Kind::refused, "`" + folder.path + "` leads out of " + folder.folder);
  throw system_error("cannot open " + folder.whole(), errno);
}

Place::Place(const std::string& path)
    : path_(without_last_slashes(path)),
      name_(name_of_file(path)),
      folder_(open_folder(parent_of(path))) {}

Place::Place(const Below& file)
    : path_(without_last_slashes(file.whole())),
      name_(name_of_file(file.path)),
      folder_(open_folder(Below{file.folder, parent_of(file.path)})) {}

void Place::require_folder() const {
  if (!has_folder()) throw system_error("cannot write " + path_, ENOENT);
}

std::optional<struct stat> Place::status() const {
  struct stat status {};
  if (fstatat(folder(), name(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw system_error("cannot look at " + path_, errno);
}

Descriptor Place::open_regular(struct stat& status) const {
  // Looked at first: merely to open a device may set it going.
  const auto before = has_folder() ? this->status() : std::nullopt;
  if (!before) return {};
  require_regular(*before, path_);
  Descriptor file(openat(folder(), name(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return file;
  if (!file && errno == ELOOP) throw symlink_error(path_);
  if (!file || fstat(file.get(), &status) != 0) throw system_error("cannot read " + path_, errno);
  require_regular(status, path_);
  return file;
}

void Place::sync_folder() const { sync(folder(), parent_of(path_)); }

void sync(int descriptor, const std::string& path) {
  // EINVAL: some file systems cannot sync a folder at all, and there is nothing to be done there.
  if (fsync(descriptor) != 0 && errno != EINVAL) throw_write_error(path, errno);
}

void throw_write_error(const std::string& path, int number) {
  if (number != ENOSPC && number != EDQUOT) throw system_error("cannot write " + path, number);
  const std::string place = mount_point(parent_of(path));
  throw Error(Kind::failed, "no space left on " + place + " while writing " + path,
              "free some space there and try again; see what is full with: df -h " + place);
}

void require_regular(const struct stat& status, const std::string& path) {
  if (S_ISLNK(status.st_mode)) throw symlink_error(path);
  if (!S_ISREG(status.st_mode)) throw Error(Kind::failed, path + " is not a file");
}

}  // namespace ballast
