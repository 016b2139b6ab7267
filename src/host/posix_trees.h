#pragma once

#include "host/trees.h"

namespace ballast {

class PosixTrees : public Trees {
 public:
  void walk(const std::string& directory,
            const std::function<bool(const TreeEntry&)>& visit) override;
  std::vector<SizedName> files_in(const Below& folder) override;
  std::optional<Hashed> copy_hashed(const Below& from, const Below& to,
                                    const std::string& expected) override;
  bool place(const Below& from, const Below& to, const Ownership& ownership,
             const OnBytes& on_bytes) override;
  std::optional<Hashed> digest(const Below& file, DigestAlgorithm algorithm,
                               const OnBytes& on_bytes) override;
  std::optional<std::string> read_part(const Below& file, std::uint64_t offset,
                                       std::size_t limit) override;
  void make_directory(const Below& directory, const Ownership& ownership) override;
  void remove(const std::string& folder, const std::vector<std::string>& paths) override;
  void sync(const std::string& path) override;
  std::unique_ptr<FileWriter> create(const std::string& path) override;
  std::unique_ptr<PipeWriter> create_pipe(const std::string& path) override;
};

}  // namespace ballast
