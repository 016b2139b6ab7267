// A packed tar archive, entry by entry, read to its very end.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/archives.h"
#include "host/unpacker.h"

struct archive;
struct archive_entry;

namespace ballast {

class TarReader {
 public:
  explicit TarReader(const std::string& path, const OnBytes& on_bytes = {});

  // False at the end, and where it is damaged; then everything that follows has been read too, and
  // content() is complete.
  bool next();
  archive_entry* entry() const { return entry_; }
  std::string name() const;
  // The content of the entry in pieces, with their offsets in the file.
  void read_data(const std::function<void(std::string_view, std::uint64_t)>& take);
  const ArchiveContent& content() const { return content_; }

 private:
  static long give(archive*, void* self, const void** bytes);

  std::string_view next_piece();
  bool sound(int result);
  void read_to_the_end();

  OnBytes on_bytes_;
  std::unique_ptr<Unpacker> unpacker_;
  ArchiveContent content_;
  std::uint64_t unpacked_ = 0;  // bytes of the tar stream so far
  std::uint64_t zeros_ = 0;     // how many of them were zeros at its end
  std::exception_ptr failure_;  // of what libarchive called
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  archive_entry* entry_ = nullptr;
};

}  // namespace ballast
