#pragma once

#include <memory>

#include "host/descriptor.h"
#include "host/zips.h"

struct archive;
struct archive_entry;

namespace ballast {

class ZipFileReader : public ZipReader {
 public:
  explicit ZipFileReader(const std::string& path);

  std::optional<ZipEntry> next() override;
  void read(const std::function<void(std::string_view)>& take) override;
  Hashed extract(const Below& to, const Ownership& ownership) override;

 private:
  std::string reason() const;
  [[noreturn]] void throw_no_zip() const;
  [[noreturn]] void throw_damaged(const std::string& what) const;

  std::string path_;
  Descriptor file_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  ZipEntry entry_;
  bool has_begun_ = false;
};

}  // namespace ballast
