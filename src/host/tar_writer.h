#pragma once

#include <exception>
#include <memory>
#include <vector>

#include "host/archives.h"
#include "host/descriptor.h"
#include "host/folder.h"
#include "host/packed_file.h"

struct archive;
struct archive_entry;

namespace ballast {

class TarWriter : public ArchiveWriter {
 public:
  TarWriter(const std::string& path, Packing packing, OnBytes on_bytes);
  ~TarWriter() override;
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  bool add(const std::string& name, const Below& source,
           const std::optional<Ownership>& as) override;
  ArchiveMade finish() override;

 private:
  static long take(archive*, void* self, const void* bytes, std::size_t size);

  bool omit(const std::string& name, const std::string& reason);
  bool add_file(const std::string& name, const Place& place, const std::optional<Ownership>& as);
  void add_link(const std::string& name, const Place& place, const struct stat& status,
                const std::optional<Ownership>& as);
  void describe(const std::string& name, const struct stat& status,
                const std::optional<Ownership>& as);
  void write_header();
  void write_data(std::string_view bytes);
  // How many of the `size` bytes that the header promised could be read.
  std::uint64_t stream(const Descriptor& file, const Place& place, std::uint64_t size);
  void pad(std::uint64_t size);
  void require(int result);

  std::string path_;
  OnBytes on_bytes_;
  PackedFile packed_;
  ArchiveMade made_;
  std::vector<char> piece_;
  std::exception_ptr failure_;  // of what libarchive called
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry_;
};

}  // namespace ballast
