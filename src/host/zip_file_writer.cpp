#include "host/zip_file_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <ctime>

#include "base/error.h"
#include "host/file_copy.h"

namespace ballast {

namespace {

constexpr int block_size = 256 << 10;
constexpr unsigned mode_of_files = 0644;

}  // namespace

ZipFileWriter::ZipFileWriter(const std::string& path, OnBytes on_bytes)
    : path_(path),
      on_bytes_(std::move(on_bytes)),
      file_(path),
      archive_(archive_write_new(), archive_write_free),
      entry_(archive_entry_new(), archive_entry_free) {
  if (!archive_ || !entry_) throw std::bad_alloc();
  require(archive_write_set_format_zip(archive_.get()));
  require(archive_write_set_options(archive_.get(), "zip:compression=deflate"));
  // Several times as fast as the default, for a tenth more bytes.
  require(archive_write_set_options(archive_.get(), "zip:compression-level=1"));
  require(archive_write_set_bytes_per_block(archive_.get(), block_size));
  require(archive_write_set_bytes_in_last_block(archive_.get(), 1));
  require(archive_write_open(archive_.get(), this, nullptr, take, nullptr));
}

// What libarchive would still write when it is freed goes nowhere.
ZipFileWriter::~ZipFileWriter() {
  failure_ = std::make_exception_ptr(Error(Kind::failed, "not finished"));
  archive_.reset();
}

long ZipFileWriter::take(archive* handle, void* self, const void* bytes, std::size_t size) {
  auto& writer = *static_cast<ZipFileWriter*>(self);
  try {
    if (writer.failure_) return -1;
    writer.file_.append({static_cast<const char*>(bytes), size});
    return static_cast<long>(size);
  } catch (...) {
    writer.failure_ = std::current_exception();
    archive_set_error(handle, EIO, "not written");
    return -1;
  }
}

void ZipFileWriter::require(int result) {
  if (result == ARCHIVE_OK) return;
  if (failure_) std::rethrow_exception(failure_);
  const char* reason = archive_error_string(archive_.get());
  throw Error(Kind::failed,
              "cannot write " + path_ + ": " + (reason != nullptr ? reason : "libarchive failed"));
}

archive_entry* ZipFileWriter::describe(const std::string& name, long long modified) {
  archive_entry* entry = archive_entry_clear(entry_.get());
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, mode_of_files);
  archive_entry_set_mtime(entry, modified, 0);
  return entry;
}

void ZipFileWriter::write_header() { require(archive_write_header(archive_.get(), entry_.get())); }

void ZipFileWriter::begin(const std::string& name) {
  describe(name, std::time(nullptr));
  write_header();
}

void ZipFileWriter::append(std::string_view bytes) {
  if (bytes.empty()) return;
  const la_ssize_t written = archive_write_data(archive_.get(), bytes.data(), bytes.size());
  require(written == static_cast<la_ssize_t>(bytes.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
  if (on_bytes_) on_bytes_(bytes.size());
}

std::optional<Hashed> ZipFileWriter::add(const std::string& name, const Below& source) {
  const Place place(source);
  struct stat status {};
  const Descriptor file = place.has_folder() ? place.open_regular(status) : Descriptor();
  if (!file) return std::nullopt;
  archive_entry_set_size(describe(name, status.st_mtim.tv_sec), status.st_size);
  write_header();
  Digest digest(DigestAlgorithm::sha1);
  std::uint64_t size = 0;
  read_pieces(file, source.whole(), [&](std::string_view piece) {
    size += piece.size();
    if (size > static_cast<std::uint64_t>(status.st_size)) return;
    digest.add(piece);
    append(piece);
  });
  if (size != static_cast<std::uint64_t>(status.st_size))
    throw Error(Kind::failed, source.whole() + " changed while it was read");
  return Hashed{.digest = digest.hex(), .size = size};
}

WrittenFile ZipFileWriter::finish() {
  require(archive_write_close(archive_.get()));
  return file_.finish();
}

}  // namespace ballast
