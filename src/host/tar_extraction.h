#pragma once

#include <string>
#include <vector>

#include "host/folder.h"
#include "host/tar_reader.h"

namespace ballast {

// Lays the entries of an archive below a folder, never outside of it.
class TarExtraction {
 public:
  TarExtraction(TarReader& reader, std::string archive, std::string folder)
      : reader_(reader), archive_(std::move(archive)), folder_(std::move(folder)) {}

  void run();

 private:
  struct LateFolder {
    std::string path;
    unsigned mode = 0;
    unsigned owner = 0;
    unsigned group = 0;
    timespec modified{};
  };

  void lay_entry();
  std::string safe_name() const;
  void lay_file(const Place& place);
  void lay_link(const Place& place);
  void lay_folder(const std::string& path);
  void make_folders(const std::string& path);
  void finish_folder(const LateFolder& folder);

  TarReader& reader_;
  std::string archive_;
  std::string folder_;
  // Modes and times of folders come last: laying their entries would change the times, and may not
  // be possible under the modes.
  std::vector<LateFolder> folders_;
};

}  // namespace ballast
