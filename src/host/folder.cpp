#include "host/folder.h"

#include <fcntl.h>
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

}  // namespace

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

Place::Place(const std::string& path) : path_(without_last_slashes(path)), name_(name_of(path)) {
  if (name_.empty() || name_ == "." || name_ == "..")
    throw Error(Kind::failed, "`" + path + "` does not name a file");
  folder_ = open_folder(parent_of(path));
}

void Place::require_folder() const {
  if (!has_folder()) throw system_error("cannot write " + path_, ENOENT);
}

std::optional<struct stat> Place::status() const {
  struct stat status {};
  if (fstatat(folder(), name(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw system_error("cannot look at " + path_, errno);
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
