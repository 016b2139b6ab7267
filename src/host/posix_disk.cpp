#include "host/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "host/durable_write.h"
#include "host/file_info.h"
#include "host/folder.h"
#include "host/posix_error.h"
#include "host/tree_removal.h"

namespace ballast {

namespace {

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// O_NONBLOCK: a FIFO must not make anybody wait for its other end.
Descriptor open_to_read(const Place& place) {
  Descriptor file(
      openat(place.folder(), place.name(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file || errno == ENOENT) return file;
  if (errno == ELOOP) throw symlink_error(place.path());
  throw system_error("cannot read " + place.path(), errno);
}

void make_directory(const std::string& path, unsigned mode) {
  const Place place(path);
  place.require_folder();
  if (mkdirat(place.folder(), place.name(), mode) != 0) {
    if (errno == EEXIST && is_directory(path)) return;
    throw system_error("cannot make the folder " + path, errno);
  }
  const Descriptor made(
      openat(place.folder(), place.name(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made || fchmod(made.get(), mode) != 0)
    throw system_error("cannot make the folder " + path, errno);
  sync(made.get(), path);
  place.sync_folder();
}

}  // namespace

std::optional<FileInfo> PosixDisk::info(const std::string& path) {
  struct stat status {};
  if (lstat(without_last_slashes(path).c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("cannot look at " + path, errno);
  }
  return info_of(status);
}

std::optional<std::string> PosixDisk::read(const std::string& path, std::uint64_t limit) {
  const Place place(path);
  if (!place.has_folder()) return std::nullopt;
  const Descriptor file = open_to_read(place);
  if (!file) return std::nullopt;
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw system_error("cannot read " + path, errno);
  require_regular(status, path);
  auto content = read_up_to(file.get(), limit + 1);
  if (!content) throw system_error("cannot read " + path, errno);
  if (content->size() > limit)
    throw Error(Kind::refused, path + " is larger than " + human_bytes(limit));
  return content;
}

std::vector<std::string> PosixDisk::list(const std::string& directory) {
  std::vector<std::string> names;
  if (!exists(directory)) return names;
  Descriptor folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) throw system_error("cannot list " + directory, errno);
  names = names_in(folder, directory);
  std::sort(names.begin(), names.end());
  return names;
}

void PosixDisk::replace(const std::string& path, std::string_view content, unsigned mode) {
  replace_durably(path, content, mode);
}

void PosixDisk::append(const std::string& path, std::string_view content, unsigned mode) {
  append_durably(path, content, mode);
}

void PosixDisk::make_directories(const std::string& path, unsigned mode) {
  const std::string whole = without_last_slashes(path);
  if (is_directory(whole)) return;
  if (parent_of(whole) != whole) make_directories(parent_of(whole), mode);
  make_directory(whole, mode);
}

void PosixDisk::remove(const std::string& path) {
  const Place place(path);
  if (!place.has_folder()) return;
  if (unlinkat(place.folder(), place.name(), 0) == 0) return place.sync_folder();
  if (errno != ENOENT) throw system_error("cannot remove " + path, errno);
}

void PosixDisk::remove_tree(const std::string& path) {
  const Place place(path);
  if (!place.has_folder() || !place.status()) return;
  remove_entry(place.folder(), name_of(path), place.path());
  place.sync_folder();
}

void PosixDisk::rename(const std::string& from, const std::string& to) {
  const Place source(from);
  const Place target(to);
  if (!source.has_folder() || !target.has_folder() ||
      renameat(source.folder(), source.name(), target.folder(), target.name()) != 0)
    throw system_error("cannot rename " + from + " to " + to,
                       source.has_folder() && target.has_folder() ? errno : ENOENT);
  target.sync_folder();
  source.sync_folder();
}

Space PosixDisk::space(const std::string& path) {
  std::string place = without_last_slashes(path);
  while (!exists(place) && parent_of(place) != place) place = parent_of(place);
  struct statvfs numbers {};
  struct stat status {};
  if (statvfs(place.c_str(), &numbers) != 0 || stat(place.c_str(), &status) != 0)
    throw system_error("cannot ask for the space of " + path, errno);
  const std::uint64_t used = numbers.f_blocks - numbers.f_bfree;
  const std::uint64_t usable = used + numbers.f_bavail;
  return {.total = numbers.f_blocks * numbers.f_frsize,
          .available = numbers.f_bavail * numbers.f_frsize,
          .used_percent =
              usable == 0 ? 0 : 100 * static_cast<double>(used) / static_cast<double>(usable),
          .filesystem = status.st_dev};
}

}  // namespace ballast
