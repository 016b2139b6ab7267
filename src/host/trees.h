// Files in bulk, for backup and restore: what Disk does for one file, durably, is done here for a
// hundred thousand or for gigabytes. Nothing is durable before sync(), but what finish() of a
// FileWriter returned. Safe to call from many threads. Expected outcomes (vanished) are values; all
// else is an Error that names the path.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "host/below.h"
#include "host/disk.h"
#include "host/file_writer.h"
#include "host/pipe_writer.h"

namespace ballast {

struct TreeEntry {
  std::string path;  // relative to what was walked, without "./"
  FileInfo info;
};

struct SizedName {
  std::string name;
  std::uint64_t size = 0;  // bytes
};

struct Hashed {
  std::string digest;      // lower-case hex
  std::uint64_t size = 0;  // bytes that were read, and so are in the digest
};

struct Ownership {
  unsigned mode = 0600;  // permission bits, 07777
  unsigned owner = 0;
  unsigned group = 0;
};

// Told how many bytes were done since the last call. May throw, which ends the work.
using OnBytes = std::function<void(std::uint64_t)>;

class Trees {
 public:
  virtual ~Trees() = default;

  // Each entry below, a folder before what is in it, the names of a folder in byte order. A folder
  // for which `visit` says false is not entered. Holds the names of the folders above and nothing
  // else, so that a million files cost no memory. What vanishes meanwhile is left out; an absent
  // `directory` is an Error: no data is not the same as empty data.
  virtual void walk(const std::string& directory,
                    const std::function<bool(const TreeEntry&)>& visit) = 0;
  // The regular files right in one folder, sorted; empty when it is absent.
  virtual std::vector<SizedName> files_in(const Below& folder) = 0;

  // Copies the bytes and computes their SHA-1 on the way. `to` appears whole (temp file beside it,
  // rename), mode 0600, replacing what was there. nullopt when `from` is absent. A file that
  // somebody was still writing gives the digest of what was there to read: with `expected` another
  // digest leaves `to` as it was. Refuses symlinks and what is not a regular file.
  virtual std::optional<Hashed> copy_hashed(const Below& from, const Below& to,
                                            const std::string& expected = {}) = 0;
  // The same without the digest, for restore: shares the blocks where the file system can. Never a
  // hard link. False when `from` is absent.
  virtual bool place(const Below& from, const Below& to, const Ownership& ownership,
                     const OnBytes& on_bytes = {}) = 0;
  // nullopt when absent.
  virtual std::optional<Hashed> digest(const Below& file, DigestAlgorithm algorithm,
                                       const OnBytes& on_bytes = {}) = 0;

  // With the folders above it, as far as they are missing. One that exists is given this ownership.
  virtual void make_directory(const Below& directory, const Ownership& ownership) = 0;
  // Files; what is absent is fine.
  virtual void remove(const std::string& folder, const std::vector<std::string>& paths) = 0;
  // The whole file system of `path` to the disk, with one call for any number of files.
  virtual void sync(const std::string& path) = 0;
  // A new file, 0600; an Error when there is one already.
  virtual std::unique_ptr<FileWriter> create(const std::string& path) = 0;
  // Up to `limit` bytes from `offset` on; fewer only at the end of the file. nullopt when absent.
  virtual std::optional<std::string> read_part(const Below& file, std::uint64_t offset,
                                               std::size_t limit) = 0;
  // A new pipe; nullptr where none can be had.
  virtual std::unique_ptr<PipeWriter> create_pipe(const std::string& path) = 0;
};

// Everything below, at once. For small trees: an entry takes some 150 bytes.
std::vector<TreeEntry> entries_below(Trees& trees, const std::string& directory);
// The files of a store of two levels, as "aa/<name>", sorted. An entry takes some 100 bytes; who
// must not spend that goes from folder to folder by files_in().
std::vector<SizedName> names_in_store(Trees& trees, const std::string& directory);

// Whether a kill left it behind between the making of a temp file and its rename.
bool is_temporary_name(std::string_view name);

}  // namespace ballast
