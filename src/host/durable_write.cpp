#include "host/durable_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "host/folder.h"
#include "host/posix_error.h"
#include "host/temporary_file.h"

namespace ballast {

namespace {

constexpr int attempts = 100;

// The owner first: changing it clears bits of the mode.
void take_over_owner(int file, const struct stat& from, const std::string& path) {
  struct stat own {};
  if (fstat(file, &own) != 0) throw_write_error(path, errno);
  if (own.st_uid == from.st_uid && own.st_gid == from.st_gid) return;
  if (fchown(file, from.st_uid, from.st_gid) != 0)
    throw system_error("cannot keep the owner of " + path, errno);
}

struct OpenedFile {
  Descriptor file;
  bool created = false;
};

OpenedFile open_to_append(const Place& place, unsigned mode) {
  constexpr int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    Descriptor existing(openat(place.folder(), place.name(), flags));
    if (existing) return {std::move(existing), false};
    if (errno == ELOOP) throw symlink_error(place.path());
    if (errno != ENOENT) break;
    Descriptor made(openat(place.folder(), place.name(), flags | O_CREAT | O_EXCL, mode));
    if (made) return {std::move(made), true};
    if (errno != EEXIST) break;
  }
  throw_write_error(place.path(), errno);
}

// Half a line must not stay when the disk is full.
void append_whole(int file, std::string_view content, const std::string& path) {
  struct stat before {};
  if (fstat(file, &before) != 0) throw_write_error(path, errno);
  require_regular(before, path);
  ssize_t written = 0;
  do written = write(file, content.data(), content.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(content.size())) return;
  const int number = written < 0 ? errno : ENOSPC;
  struct stat after {};
  const bool alone = fstat(file, &after) == 0 && after.st_size == before.st_size + written;
  if (written > 0 && alone && ftruncate(file, before.st_size) != 0)
    throw system_error(path + " ends in half a line", errno);
  throw_write_error(path, number);
}

}  // namespace

void replace_durably(const std::string& path, std::string_view content, unsigned mode) {
  const Place place(path);
  place.require_folder();
  const auto before = place.status();
  if (before) require_regular(*before, path);
  TemporaryFile temporary(place);
  if (before) take_over_owner(temporary.get(), *before, path);
  if (fchmod(temporary.get(), before ? before->st_mode & 07777U : mode) != 0)
    throw_write_error(path, errno);
  if (!write_all(temporary.get(), content)) throw_write_error(path, errno);
  sync(temporary.get(), path);
  temporary.become_the_file();
  place.sync_folder();
}

void append_durably(const std::string& path, std::string_view content, unsigned mode) {
  const Place place(path);
  place.require_folder();
  const OpenedFile opened = open_to_append(place, mode);
  if (opened.created && fchmod(opened.file.get(), mode) != 0) throw_write_error(path, errno);
  append_whole(opened.file.get(), content, path);
  sync(opened.file.get(), path);
  if (opened.created) place.sync_folder();
}

}  // namespace ballast
