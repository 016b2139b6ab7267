#include "host/tar_extraction.h"

#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ranges>

#include "base/text.h"
#include "host/posix_error.h"
#include "host/temporary_file.h"

namespace ballast {

namespace {

std::array<timespec, 2> access_and(const timespec& modified) {
  return {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, modified};
}

timespec modified_of(archive_entry* entry) {
  return {.tv_sec = archive_entry_mtime(entry), .tv_nsec = archive_entry_mtime_nsec(entry)};
}

unsigned number(la_int64_t id) { return static_cast<unsigned>(id); }

bool may_give_away() { return geteuid() == 0; }

// The owner first: changing it clears bits of the mode.
void give(int file, unsigned owner, unsigned group, unsigned mode, const timespec& modified,
          const std::string& path) {
  if ((may_give_away() && fchown(file, owner, group) != 0) || fchmod(file, mode) != 0 ||
      futimens(file, access_and(modified).data()) != 0)
    throw system_error("cannot give " + path + " its owner, mode and time", errno);
}

void write_at(int file, std::string_view bytes, std::uint64_t offset, const Place& place) {
  if (lseek(file, static_cast<off_t>(offset), SEEK_SET) < 0 || !write_all(file, bytes))
    throw_write_error(place.path(), errno);
}

}  // namespace

void TarExtraction::run() {
  while (reader_.next()) lay_entry();
  for (const auto& folder : std::views::reverse(folders_)) finish_folder(folder);
}

void TarExtraction::lay_entry() {
  const std::string path = safe_name();
  const auto type = archive_entry_filetype(reader_.entry());
  const bool hard_link = archive_entry_hardlink(reader_.entry()) != nullptr;
  if (hard_link || (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK))
    throw Error(Kind::refused, archive_ + " holds " + printable(path) +
                                   ", which is neither a file nor a folder nor a symlink");
  if (type == AE_IFDIR) return lay_folder(path);
  make_folders(parent_of(path));
  const Place place(Below{folder_, path});
  type == AE_IFREG ? lay_file(place) : lay_link(place);
}

// Without "./" and slashes at the end. "." is the folder itself.
std::string TarExtraction::safe_name() const {
  const std::string name = reader_.name();
  const auto parts = split(name, '/');
  if (name.empty() || name.starts_with('/') ||
      std::find(parts.begin(), parts.end(), "..") != parts.end())
    throw Error(Kind::refused,
                archive_ + " holds `" + printable(name) + "`, which leads out of its folder");
  std::string path;
  for (const std::string& part : parts)
    if (!part.empty() && part != ".") path += (path.empty() ? "" : "/") + part;
  return path.empty() ? "." : path;
}

void TarExtraction::lay_file(const Place& place) {
  archive_entry* entry = reader_.entry();
  TemporaryFile file(place);
  reader_.read_data([&](std::string_view bytes, std::uint64_t offset) {
    write_at(file.get(), bytes, offset, place);
  });
  if (!reader_.content().damage.empty()) return;
  // A hole at the end has no data.
  if (ftruncate(file.get(), archive_entry_size(entry)) != 0) throw_write_error(place.path(), errno);
  give(file.get(), number(archive_entry_uid(entry)), number(archive_entry_gid(entry)),
       archive_entry_perm(entry), modified_of(entry), place.path());
  file.become_the_file();
}

void TarExtraction::lay_link(const Place& place) {
  archive_entry* entry = reader_.entry();
  const auto before = place.status();
  if (before && !S_ISDIR(before->st_mode)) unlinkat(place.folder(), place.name(), 0);
  if (symlinkat(archive_entry_symlink(entry), place.folder(), place.name()) != 0)
    throw_write_error(place.path(), errno);
  if (may_give_away() && fchownat(place.folder(), place.name(), number(archive_entry_uid(entry)),
                                  number(archive_entry_gid(entry)), AT_SYMLINK_NOFOLLOW) != 0)
    throw system_error("cannot give " + place.path() + " its owner", errno);
  // A file system that keeps no times of links loses nothing that counts.
  static_cast<void>(utimensat(place.folder(), place.name(), access_and(modified_of(entry)).data(),
                              AT_SYMLINK_NOFOLLOW));
}

void TarExtraction::lay_folder(const std::string& path) {
  archive_entry* entry = reader_.entry();
  make_folders(path);
  folders_.push_back({.path = path,
                      .mode = archive_entry_perm(entry),
                      .owner = number(archive_entry_uid(entry)),
                      .group = number(archive_entry_gid(entry)),
                      .modified = modified_of(entry)});
}

// As far as they are missing: an archive need not hold the folders of its files.
void TarExtraction::make_folders(const std::string& path) {
  if (path == "." || open_folder(Below{folder_, path})) return;
  make_folders(parent_of(path));
  const Place place(Below{folder_, path});
  if (mkdirat(place.folder(), place.name(), 0755) != 0) throw_write_error(place.path(), errno);
}

void TarExtraction::finish_folder(const LateFolder& folder) {
  const Descriptor opened = open_folder(Below{folder_, folder.path});
  if (!opened) throw system_error("cannot open " + Below{folder_, folder.path}.whole(), ENOENT);
  give(opened.get(), folder.owner, folder.group, folder.mode, folder.modified,
       Below{folder_, folder.path}.whole());
}

}  // namespace ballast
