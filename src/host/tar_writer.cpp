#include "host/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "host/posix_error.h"
#include "host/streamed_file.h"

namespace ballast {

namespace {

constexpr std::size_t piece_size = 256U << 10;

std::unique_ptr<PackFormat> format_of(Packing packing) {
  return packing == Packing::gzip ? gzip_format() : zstd_format();
}

// Up to `limit` bytes; fewer only at the end of the file.
std::size_t read_piece(const Descriptor& file, const Place& place, char* to, std::size_t limit) {
  std::size_t size = 0;
  while (size < limit) {
    const ssize_t got = read(file.get(), to + size, limit - size);
    if (got == 0) break;
    if (got > 0)
      size += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      throw system_error("cannot read " + place.path(), errno);
  }
  return size;
}

}  // namespace

TarWriter::TarWriter(const std::string& path, Packing packing, OnBytes on_bytes)
    : path_(path),
      on_bytes_(std::move(on_bytes)),
      packed_(std::make_unique<StreamedFile>(path), format_of(packing)),
      piece_(piece_size),
      archive_(archive_write_new(), archive_write_free),
      entry_(archive_entry_new(), archive_entry_free) {
  if (!archive_ || !entry_) throw std::bad_alloc();
  // As GNU tar writes it. In the pax format a name must be UTF-8, or GNU tar warns of each entry.
  require(archive_write_set_format_gnutar(archive_.get()));
  // Not gathered into records: the blocks that are packed are larger.
  require(archive_write_set_bytes_per_block(archive_.get(), 0));
  require(archive_write_open(archive_.get(), this, nullptr, take, nullptr));
}

// What libarchive would still write when it is freed goes nowhere.
TarWriter::~TarWriter() {
  failure_ = std::make_exception_ptr(Error(Kind::failed, "not finished"));
  archive_.reset();
}

long TarWriter::take(archive* handle, void* self, const void* bytes, std::size_t size) {
  auto& writer = *static_cast<TarWriter*>(self);
  try {
    if (writer.failure_) return -1;
    writer.packed_.append({static_cast<const char*>(bytes), size});
    return static_cast<long>(size);
  } catch (...) {
    writer.failure_ = std::current_exception();
    archive_set_error(handle, EIO, "not written");
    return -1;
  }
}

void TarWriter::require(int result) {
  if (result == ARCHIVE_OK) return;
  if (failure_) std::rethrow_exception(failure_);
  const char* reason = archive_error_string(archive_.get());
  throw Error(Kind::failed,
              "cannot write " + path_ + ": " + (reason != nullptr ? reason : "libarchive failed"));
}

bool TarWriter::omit(const std::string& name, const std::string& reason) {
  made_.omitted.push_back({name, reason});
  return false;
}

bool TarWriter::add(const std::string& name, const Below& source,
                    const std::optional<Ownership>& as) {
  const Place place(source);
  const auto status = place.has_folder() ? place.status() : std::nullopt;
  if (!status) return omit(name, "vanished before it was read");
  if (S_ISREG(status->st_mode)) return add_file(name, place, as);
  if (S_ISLNK(status->st_mode)) {
    add_link(name, place, *status, as);
    return true;
  }
  if (!S_ISDIR(status->st_mode)) return omit(name, "is neither a file nor a folder nor a symlink");
  describe(name, *status, as);
  write_header();
  return true;
}

bool TarWriter::add_file(const std::string& name, const Place& place,
                         const std::optional<Ownership>& as) {
  struct stat status {};
  const Descriptor file = place.open_regular(status);
  if (!file) return omit(name, "vanished before it was read");
  describe(name, status, as);
  // The first piece is read before its header is written, so that small files are never torn.
  auto size = static_cast<std::uint64_t>(status.st_size);
  const std::size_t first =
      read_piece(file, place, piece_.data(), std::min<std::uint64_t>(size, piece_.size()));
  if (first < piece_.size()) size = first;
  archive_entry_set_size(entry_.get(), static_cast<la_int64_t>(size));
  write_header();
  write_data({piece_.data(), first});
  const std::uint64_t read = first + stream(file, place, size - first);
  if (read < size) {
    pad(size - read);
    omit(name, "shrank while it was read; filled up with zeros");
  }
  ++made_.files;
  made_.bytes += size;
  return true;
}

std::uint64_t TarWriter::stream(const Descriptor& file, const Place& place, std::uint64_t size) {
  std::uint64_t done = 0;
  while (done < size) {
    const std::size_t got =
        read_piece(file, place, piece_.data(), std::min<std::uint64_t>(size - done, piece_.size()));
    if (got == 0) break;
    write_data({piece_.data(), got});
    done += got;
  }
  return done;
}

void TarWriter::pad(std::uint64_t size) {
  std::fill(piece_.begin(), piece_.end(), '\0');
  for (std::uint64_t done = 0; done < size; done += piece_.size())
    write_data({piece_.data(), std::min<std::uint64_t>(size - done, piece_.size())});
}

void TarWriter::add_link(const std::string& name, const Place& place, const struct stat& status,
                         const std::optional<Ownership>& as) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = readlinkat(place.folder(), place.name(), target.data(), target.size() - 1);
  if (size < 0) throw system_error("cannot read " + place.path(), errno);
  describe(name, status, as);
  archive_entry_set_symlink(entry_.get(), target.data());
  write_header();
}

void TarWriter::describe(const std::string& name, const struct stat& status,
                         const std::optional<Ownership>& as) {
  archive_entry* entry = archive_entry_clear(entry_.get());
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_filetype(entry, status.st_mode & S_IFMT);
  archive_entry_set_perm(entry, as ? as->mode : status.st_mode & 07777U);
  archive_entry_set_uid(entry, as ? as->owner : status.st_uid);
  archive_entry_set_gid(entry, as ? as->group : status.st_gid);
  archive_entry_set_mtime(entry, status.st_mtim.tv_sec, 0);
}

void TarWriter::write_header() { require(archive_write_header(archive_.get(), entry_.get())); }

void TarWriter::write_data(std::string_view bytes) {
  const la_ssize_t written = archive_write_data(archive_.get(), bytes.data(), bytes.size());
  require(written == static_cast<la_ssize_t>(bytes.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
  if (on_bytes_ && !bytes.empty()) on_bytes_(bytes.size());
}

ArchiveMade TarWriter::finish() {
  require(archive_write_close(archive_.get()));
  made_.file = packed_.finish();
  return std::move(made_);
}

}  // namespace ballast
