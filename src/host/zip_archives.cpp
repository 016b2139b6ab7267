#include "host/zip_archives.h"

#include "host/zip_file_reader.h"
#include "host/zip_file_writer.h"

namespace ballast {

std::unique_ptr<ZipWriter> ZipArchives::create(const std::string& path, OnBytes on_bytes) {
  return std::make_unique<ZipFileWriter>(path, std::move(on_bytes));
}

std::unique_ptr<ZipReader> ZipArchives::open(const std::string& path) {
  return std::make_unique<ZipFileReader>(path);
}

}  // namespace ballast
