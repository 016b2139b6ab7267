#pragma once

#include "base/hash.h"
#include "host/descriptor.h"
#include "host/file_writer.h"
#include "host/folder.h"

namespace ballast {

class StreamedFile : public FileWriter {
 public:
  explicit StreamedFile(const std::string& path);
  ~StreamedFile() override;
  StreamedFile(const StreamedFile&) = delete;
  StreamedFile& operator=(const StreamedFile&) = delete;

  void append(std::string_view bytes) override;
  WrittenFile finish() override;
  void abort() override;

 private:
  void start_writeback();

  Place place_;
  Descriptor file_;  // open: not finished
  Sha256 digest_;
  std::uint64_t size_ = 0;
  std::uint64_t on_its_way_ = 0;  // bytes that the kernel was told to write
};

}  // namespace ballast
