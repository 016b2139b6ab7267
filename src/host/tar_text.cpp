#include "host/tar_text.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
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

Reader new_reader() {
  Reader reader(archive_read_new(), archive_read_free);
  if (!reader) throw std::bad_alloc();
  archive_read_support_format_tar(reader.get());
  archive_read_set_options(reader.get(), "hdrcharset=BINARY");
  return reader;
}

bool open(const Reader& reader, std::string_view bytes) {
  return archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) == ARCHIVE_OK;
}

TarMember described(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  TarMember member{
      .name = name == nullptr ? "" : name, .type = type_of(entry), .content = {}, .size = 0};
  if (member.type == FileType::regular)
    member.size = static_cast<std::uint64_t>(archive_entry_size(entry));
  return member;
}

// False: it is cut off. What fills its last block is not asked for.
bool read_content(const Reader& reader, TarMember& member) {
  char piece[16 << 10];
  while (member.content.size() < member.size) {
    const auto wanted = std::min<std::uint64_t>(sizeof piece, member.size - member.content.size());
    const la_ssize_t count = archive_read_data(reader.get(), piece, wanted);
    if (count <= 0) return false;
    member.content.append(piece, static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

std::vector<TarMember> tar_members(std::string_view bytes) {
  const Reader reader = new_reader();
  if (!open(reader, bytes)) refuse(reader);
  std::vector<TarMember> members;
  archive_entry* entry = nullptr;
  while (true) {
    const int result = archive_read_next_header(reader.get(), &entry);
    if (result == ARCHIVE_EOF) return members;
    if (result != ARCHIVE_OK) refuse(reader);
    TarMember member = described(entry);
    if (member.type == FileType::regular && !read_content(reader, member)) refuse(reader);
    members.push_back(std::move(member));
  }
}

std::optional<TarMember> first_tar_member(std::string_view bytes, std::uint64_t limit) {
  const Reader reader = new_reader();
  if (!open(reader, bytes)) return std::nullopt;
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(reader.get(), &entry);
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return std::nullopt;
  TarMember member = described(entry);
  const bool is_read = member.type == FileType::regular && member.size <= limit;
  if (is_read && !read_content(reader, member)) return std::nullopt;
  return member;
}

}  // namespace ballast
