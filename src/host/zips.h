// zip archives that stock tools read and write: packed by deflate, zip64 as soon as sizes or the
// number of files ask for it. Memory stays small whatever the size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/below.h"
#include "host/file_writer.h"
#include "host/trees.h"

namespace ballast {

// Without finish() the archive is removed at the end.
class ZipWriter {
 public:
  virtual ~ZipWriter() = default;

  // A file of which nobody knows yet how long it becomes; it ends where the next one begins.
  virtual void begin(const std::string& name) = 0;
  virtual void append(std::string_view bytes) = 0;
  // A file of the disk, and its SHA-1. nullopt when it is absent.
  virtual std::optional<Hashed> add(const std::string& name, const Below& source) = 0;
  // The content is durable; the name is once the folder is synced.
  virtual WrittenFile finish() = 0;
};

struct ZipEntry {
  std::string name;
  std::uint64_t size = 0;  // unpacked, as the archive's directory says
  bool is_file = false;    // else a folder, a symlink or worse
  bool encrypted = false;
};

// Reads by the directory at the end of the archive, so that one which is cut off is no zip at all.
class ZipReader {
 public:
  virtual ~ZipReader() = default;

  // In the order in which they lie in the archive; nullopt at the end. Whoever does not read an
  // entry passes over it at no cost.
  virtual std::optional<ZipEntry> next() = 0;
  // The entry that next() told. Error(failed) when a checksum is wrong or it is longer than told.
  virtual void read(const std::function<void(std::string_view bytes)>& take) = 0;
  // The same into a new file that appears whole, and its SHA-1; nothing is synced.
  virtual Hashed extract(const Below& to, const Ownership& ownership) = 0;
};

class Zips {
 public:
  virtual ~Zips() = default;

  // A new file at `path`, 0600; an Error when it exists. `on_bytes` counts what was put in.
  virtual std::unique_ptr<ZipWriter> create(const std::string& path, OnBytes on_bytes = {}) = 0;
  // Error(usage) when it is absent, or no zip archive, or one that is cut off.
  virtual std::unique_ptr<ZipReader> open(const std::string& path) = 0;
};

}  // namespace ballast
