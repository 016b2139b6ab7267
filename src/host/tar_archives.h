#pragma once

#include "host/archives.h"

namespace ballast {

class TarArchives : public Archives {
 public:
  std::unique_ptr<ArchiveWriter> create(const std::string& path, Packing packing,
                                        OnBytes on_bytes) override;
  ArchiveContent verify(const std::string& path, const OnBytes& on_bytes) override;
  ArchiveContent extract(const std::string& path, const std::string& folder,
                         const OnBytes& on_bytes) override;
};

}  // namespace ballast
