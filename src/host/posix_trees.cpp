#include "host/posix_trees.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "host/file_copy.h"
#include "host/folder.h"
#include "host/named_pipe.h"
#include "host/posix_error.h"
#include "host/streamed_file.h"
#include "host/temporary_file.h"
#include "host/tree_walk.h"

namespace ballast {

namespace {

void make_one_directory(const Below& directory, const Ownership& ownership) {
  const Place place(directory);
  place.require_folder();
  if (mkdirat(place.folder(), place.name(), 0700) != 0 && errno != EEXIST)
    throw system_error("cannot make the folder " + place.path(), errno);
  const Descriptor made(
      openat(place.folder(), place.name(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) throw system_error("cannot make the folder " + place.path(), errno);
  give(made.get(), ownership, place.path());
}

void remove_one(const Below& file) {
  const Place place(file);
  if (place.has_folder() && unlinkat(place.folder(), place.name(), 0) != 0 && errno != ENOENT)
    throw system_error("cannot remove " + place.path(), errno);
}

}  // namespace

void PosixTrees::walk(const std::string& directory,
                      const std::function<bool(const TreeEntry&)>& visit) {
  walk_tree(directory, visit);
}

std::vector<SizedName> PosixTrees::files_in(const Below& folder) {
  return regular_files_in(folder);
}

std::optional<Hashed> PosixTrees::copy_hashed(const Below& from, const Below& to,
                                              const std::string& expected) {
  struct stat status {};
  const Descriptor source = Place(from).open_regular(status);
  if (!source) return std::nullopt;
  const Place target(to);
  target.require_folder();
  TemporaryFile temporary(target);
  Digest digest(DigestAlgorithm::sha1);
  std::uint64_t size = 0;
  read_pieces(source, from.whole(), [&](std::string_view piece) {
    digest.add(piece);
    size += piece.size();
    if (!write_all(temporary.get(), piece)) throw_write_error(target.path(), errno);
  });
  Hashed copied{.digest = digest.hex(), .size = size};
  if (expected.empty() || copied.digest == expected) temporary.become_the_file();
  return copied;
}

bool PosixTrees::place(const Below& from, const Below& to, const Ownership& ownership,
                       const OnBytes& on_bytes) {
  struct stat status {};
  const Descriptor source = Place(from).open_regular(status);
  if (!source) return false;
  const Place target(to);
  target.require_folder();
  TemporaryFile temporary(target);
  copy_content(source, from.whole(), temporary.get(), target.path());
  give(temporary.get(), ownership, target.path());
  temporary.become_the_file();
  if (on_bytes) on_bytes(static_cast<std::uint64_t>(status.st_size));
  return true;
}

std::optional<Hashed> PosixTrees::digest(const Below& file, DigestAlgorithm algorithm,
                                         const OnBytes& on_bytes) {
  struct stat status {};
  const Descriptor opened = Place(file).open_regular(status);
  if (!opened) return std::nullopt;
  Digest digest(algorithm);
  std::uint64_t size = 0;
  read_pieces(opened, file.whole(), [&](std::string_view piece) {
    digest.add(piece);
    size += piece.size();
    if (on_bytes) on_bytes(piece.size());
  });
  return Hashed{.digest = digest.hex(), .size = size};
}

std::optional<std::string> PosixTrees::read_part(const Below& file, std::uint64_t offset,
                                                 std::size_t limit) {
  struct stat status {};
  const Descriptor opened = Place(file).open_regular(status);
  if (!opened) return std::nullopt;
  return read_some(opened, file.whole(), offset, limit);
}

void PosixTrees::make_directory(const Below& directory, const Ownership& ownership) {
  const std::string parent = parent_of(directory.path);
  if (parent != "." && !open_folder(Below{directory.folder, parent}))
    make_directory({directory.folder, parent}, ownership);
  make_one_directory(directory, ownership);
}

void PosixTrees::remove(const std::string& folder, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) remove_one({folder, path});
}

void PosixTrees::sync(const std::string& path) {
  const Descriptor opened(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!opened) throw system_error("cannot open " + path, errno);
  if (syncfs(opened.get()) != 0) throw_write_error(path, errno);
}

std::unique_ptr<FileWriter> PosixTrees::create(const std::string& path) {
  return std::make_unique<StreamedFile>(path);
}

std::unique_ptr<PipeWriter> PosixTrees::create_pipe(const std::string& path) {
  return NamedPipe::create(path);
}

}  // namespace ballast
