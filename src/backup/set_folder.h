// The folder of a set while it is made: each file is hashed as it is written, and listed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"
#include "host/trees.h"
#include "model/attachments.h"
#include "model/backup_set.h"

namespace ballast {

class SetFolder {
 public:
  SetFolder(Host& host, std::string folder);

  const std::string& path() const { return folder_; }
  std::string path_of(const std::string& file) const;
  void make_directories();

  // `file`: its path in the set, as the manifest names it.
  std::unique_ptr<FileWriter> create(const std::string& file);
  void record(const std::string& file, const WrittenFile& written);
  void put(const std::string& file, std::string_view text);
  void put_list(const std::string& file, std::span<const AttachmentName> names);
  const std::vector<SetFile>& files() const { return files_; }

 private:
  Host& host_;
  std::string folder_;
  std::vector<SetFile> files_;
};

}  // namespace ballast
