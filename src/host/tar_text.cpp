#include "host/tar_text.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <new>

#include "base/error.h"

namespace ballast {

namespace {

using Reader = std::unique_ptr<archive, int (*)(archive*)>;

[[noreturn]] void refuse(const Reader& reader) {
  const char* reason = archive_error_string(reader.get());
  throw Error(Kind::failed, fmt::format("it is no sound tar archive: {}",
                                        reason == nullptr ? "it cannot be read" : reason));
}

FileType type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return FileType::other;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return FileType::regular;
    case AE_IFDIR: return FileType::directory;
    case AE_IFLNK: return FileType::symlink;
    default: return FileType::other;
  }
}

std::string content_of(const Reader& reader) {
  std::string content;
  char piece[16 << 10];
  while (true) {
    const la_ssize_t count = archive_read_data(reader.get(), piece, sizeof piece);
    if (count < 0) refuse(reader);
    if (count == 0) return content;
    content.append(piece, static_cast<std::size_t>(count));
  }
}

}  // namespace

std::vector<TarMember> tar_members(std::string_view bytes) {
  const Reader reader(archive_read_new(), archive_read_free);
  if (!reader) throw std::bad_alloc();
  archive_read_support_format_tar(reader.get());
  archive_read_set_options(reader.get(), "hdrcharset=BINARY");
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    refuse(reader);
  std::vector<TarMember> members;
  archive_entry* entry = nullptr;
  while (true) {
    const int result = archive_read_next_header(reader.get(), &entry);
    if (result == ARCHIVE_EOF) return members;
    if (result != ARCHIVE_OK) refuse(reader);
    const char* name = archive_entry_pathname(entry);
    TarMember member{.name = name == nullptr ? "" : name, .type = type_of(entry), .content = {}};
    if (member.type == FileType::regular) member.content = content_of(reader);
    members.push_back(std::move(member));
  }
}

}  // namespace ballast
