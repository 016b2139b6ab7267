#pragma once

#include "host/zips.h"

namespace ballast {

class ZipArchives : public Zips {
 public:
  std::unique_ptr<ZipWriter> create(const std::string& path, OnBytes on_bytes) override;
  std::unique_ptr<ZipReader> open(const std::string& path) override;
};

}  // namespace ballast
