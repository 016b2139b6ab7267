#pragma once

#include <exception>
#include <memory>

#include "host/streamed_file.h"
#include "host/zips.h"

struct archive;
struct archive_entry;

namespace ballast {

class ZipFileWriter : public ZipWriter {
 public:
  ZipFileWriter(const std::string& path, OnBytes on_bytes);
  ~ZipFileWriter() override;
  ZipFileWriter(const ZipFileWriter&) = delete;
  ZipFileWriter& operator=(const ZipFileWriter&) = delete;

  void begin(const std::string& name) override;
  void append(std::string_view bytes) override;
  std::optional<Hashed> add(const std::string& name, const Below& source) override;
  WrittenFile finish() override;

 private:
  static long take(archive*, void* self, const void* bytes, std::size_t size);

  archive_entry* describe(const std::string& name, long long modified);
  void write_header();
  void require(int result);

  std::string path_;
  OnBytes on_bytes_;
  StreamedFile file_;
  std::exception_ptr failure_;  // of what libarchive called
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry_;
};

}  // namespace ballast
