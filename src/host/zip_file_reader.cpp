#include "host/zip_file_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "host/file_copy.h"
#include "host/posix_error.h"
#include "host/temporary_file.h"

namespace ballast {

namespace {

constexpr std::size_t block_size = 256U << 10;
constexpr std::string_view custom_dump_magic = "PGDMP";

Descriptor open_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) throw system_error("cannot read " + path, errno).with_kind(Kind::usage);
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(Kind::usage, path + " is not a file");
  return file;
}

bool begins_with(const Descriptor& file, std::string_view magic) {
  std::array<char, 16> head{};
  const ssize_t got = pread(file.get(), head.data(), magic.size(), 0);
  return got == static_cast<ssize_t>(magic.size()) &&
         std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

std::string name_of_entry(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name == nullptr ? "" : name;
}

bool is_plain_file(archive_entry* entry) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr &&
         archive_entry_symlink(entry) == nullptr;
}

}  // namespace

ZipFileReader::ZipFileReader(const std::string& path)
    : path_(path), file_(open_file(path)), archive_(archive_read_new(), archive_read_free) {
  if (!archive_) throw std::bad_alloc();
  archive_read_support_format_zip_seekable(archive_.get());
  if (archive_read_open_fd(archive_.get(), file_.get(), block_size) != ARCHIVE_OK) throw_no_zip();
}

std::string ZipFileReader::reason() const {
  const char* text = archive_error_string(archive_.get());
  return printable(text != nullptr ? text : "it cannot be read");
}

void ZipFileReader::throw_no_zip() const {
  if (begins_with(file_, custom_dump_magic))
    throw Error(Kind::usage,
                path_ + " is a dump of PostgreSQL's own format, not a zip archive with attachments",
                "turn it into one: pg_restore --no-owner -f dump.sql FILE, then zip FILE.zip "
                "dump.sql");
  throw Error(Kind::usage, path_ + " is no zip archive, or one that is cut off: " + reason(),
              "compare its size and checksum with where it comes from");
}

void ZipFileReader::throw_damaged(const std::string& what) const {
  throw Error(Kind::failed, path_ + " is damaged: " + what,
              "compare its size and checksum with where it comes from");
}

std::optional<ZipEntry> ZipFileReader::next() {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_.get(), &entry);
  if (result == ARCHIVE_EOF) return std::nullopt;
  // A warning: of a name that cannot be had in this locale. Such a name is none of Odoo's.
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
    if (!has_begun_) throw_no_zip();
    throw_damaged(reason());
  }
  has_begun_ = true;
  entry_ = {.name = name_of_entry(entry),
            .size = static_cast<std::uint64_t>(archive_entry_size(entry)),
            .is_file = is_plain_file(entry),
            .encrypted = archive_entry_is_encrypted(entry) != 0};
  return entry_;
}

void ZipFileReader::read(const std::function<void(std::string_view)>& take) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  std::uint64_t read = 0;
  int result = ARCHIVE_OK;
  while ((result = archive_read_data_block(archive_.get(), &bytes, &size, &offset)) == ARCHIVE_OK) {
    read += size;
    if (read > entry_.size) break;
    if (size > 0) take({static_cast<const char*>(bytes), size});
  }
  if (read > entry_.size)
    throw_damaged(printable(entry_.name) + " is longer than its directory says");
  if (result != ARCHIVE_EOF) throw_damaged(printable(entry_.name) + ": " + reason());
  if (read != entry_.size)
    throw_damaged(printable(entry_.name) + " is shorter than its directory says");
}

Hashed ZipFileReader::extract(const Below& to, const Ownership& ownership) {
  const Place target(to);
  target.require_folder();
  TemporaryFile temporary(target);
  Digest digest(DigestAlgorithm::sha1);
  read([&](std::string_view bytes) {
    digest.add(bytes);
    if (!write_all(temporary.get(), bytes)) throw_write_error(target.path(), errno);
  });
  give(temporary.get(), ownership, target.path());
  temporary.become_the_file();
  return {.digest = digest.hex(), .size = entry_.size};
}

}  // namespace ballast
