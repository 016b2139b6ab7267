// tar archives that stock tools read: GNU format, owners as numbers, names as the bytes that they
// are, times in whole seconds; packed as one gzip member, or as zstd frames that carry checksums.
// Memory stays under some 30 MB whatever the size. Expected outcomes (what vanished, damage found)
// are values; all else is an Error that names the path.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/below.h"
#include "host/file_writer.h"
#include "host/trees.h"

namespace ballast {

enum class Packing { gzip, zstd };

// Something that is not in the archive as it is, or was, on the disk.
struct Omission {
  std::string name;  // in the archive
  std::string reason;
};

struct ArchiveMade {
  WrittenFile file;         // the archive itself
  std::uint64_t files = 0;  // regular ones
  std::uint64_t bytes = 0;  // in them
  std::vector<Omission> omitted;
};

// Without finish() the archive is removed at the end.
class ArchiveWriter {
 public:
  virtual ~ArchiveWriter() = default;

  // A file, symlink or folder (without what is in it). `name`: its path in the archive. `as`:
  // instead of its own mode and owner. False, and an omission, when it vanished or is of another
  // type. A file that shrinks while it is read is filled up with zeros, and is an omission too.
  virtual bool add(const std::string& name, const Below& source,
                   const std::optional<Ownership>& as = {}) = 0;
  // The content is durable; the name is once the folder is synced.
  virtual ArchiveMade finish() = 0;
};

struct ArchiveContent {
  std::uint64_t entries = 0;
  std::uint64_t files = 0;  // regular ones
  std::uint64_t bytes = 0;  // in them
  std::string damage;       // empty: read to its end mark, every checksum right
};

class Archives {
 public:
  virtual ~Archives() = default;

  // A new file at `path`, 0600, in a folder that nobody takes for finished work: it grows there
  // under its own name. An Error when it exists. `on_bytes` counts what was put in.
  virtual std::unique_ptr<ArchiveWriter> create(const std::string& path, Packing packing,
                                                OnBytes on_bytes = {}) = 0;

  // Reads to the end, whatever the name says it is. `on_bytes` counts what came out.
  virtual ArchiveContent verify(const std::string& path, const OnBytes& on_bytes = {}) = 0;

  // Into a folder that exists, with owners (when root), modes and times. Each file appears whole
  // and replaces what was there. Damage is an Error of Kind::verification; so that it never comes
  // late, verify first. Refused before it does harm: a name that is absolute or has "..", whatever
  // would be written through a symlink, and what is no file, folder or symlink.
  virtual ArchiveContent extract(const std::string& path, const std::string& folder,
                                 const OnBytes& on_bytes = {}) = 0;
};

// Adds all that is below `folder`, under the same relative paths. What `wanted` says false to stays
// out, a folder with all that is in it.
void add_tree(Trees& trees, ArchiveWriter& archive, const std::string& folder,
              const std::function<bool(const TreeEntry&)>& wanted = {});

}  // namespace ballast
