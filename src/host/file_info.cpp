#include "host/file_info.h"

namespace ballast {

namespace {

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::regular;
  if (S_ISDIR(mode)) return FileType::directory;
  return S_ISLNK(mode) ? FileType::symlink : FileType::other;
}

Time time_of(const timespec& when) {
  return std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::seconds(when.tv_sec) +
                                                      std::chrono::nanoseconds(when.tv_nsec)));
}

}  // namespace

FileInfo info_of(const struct stat& status) {
  return FileInfo{.type = type_of(status.st_mode),
                  .size = static_cast<std::uint64_t>(status.st_size),
                  .mode = status.st_mode & 07777U,
                  .owner = status.st_uid,
                  .group = status.st_gid,
                  .modified = time_of(status.st_mtim),
                  .filesystem = status.st_dev,
                  .number = status.st_ino};
}

}  // namespace ballast
