#include "host/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>

namespace ballast {

namespace {

constexpr std::uint64_t end_mark_size = 1024;

std::uint64_t zeros_at_the_end(std::string_view bytes) {
  return static_cast<std::uint64_t>(
      std::find_if(bytes.rbegin(), bytes.rend(), [](char byte) { return byte != '\0'; }) -
      bytes.rbegin());
}

}  // namespace

TarReader::TarReader(const std::string& path, const OnBytes& on_bytes)
    : on_bytes_(on_bytes),
      unpacker_(unpack(path)),
      archive_(archive_read_new(), archive_read_free) {
  if (!archive_) throw std::bad_alloc();
  archive_read_support_format_tar(archive_.get());
  archive_read_set_options(archive_.get(), "hdrcharset=BINARY");
  sound(archive_read_open(archive_.get(), this, nullptr, give, nullptr));
}

long TarReader::give(archive* handle, void* self, const void** bytes) {
  auto& reader = *static_cast<TarReader*>(self);
  try {
    const std::string_view piece = reader.next_piece();
    *bytes = piece.data();
    if (reader.content_.damage.empty()) return static_cast<long>(piece.size());
  } catch (...) {
    reader.failure_ = std::current_exception();
  }
  archive_set_error(handle, EIO, "not read");
  return -1;
}

std::string_view TarReader::next_piece() {
  const std::string_view piece = unpacker_->next();
  if (piece.empty()) content_.damage = unpacker_->damage();
  unpacked_ += piece.size();
  const std::uint64_t zeros = zeros_at_the_end(piece);
  zeros_ = zeros == piece.size() ? zeros_ + zeros : zeros;
  return piece;
}

// The first damage found is the one that is told.
bool TarReader::sound(int result) {
  if (failure_) std::rethrow_exception(failure_);
  if (result != ARCHIVE_OK && content_.damage.empty()) {
    const char* reason = archive_error_string(archive_.get());
    content_.damage = std::string("it is no sound tar archive: ") +
                      (reason != nullptr ? reason : "it cannot be read");
  }
  return content_.damage.empty();
}

bool TarReader::next() {
  if (!content_.damage.empty()) return false;
  const int result = archive_read_next_header(archive_.get(), &entry_);
  if (result == ARCHIVE_EOF && sound(ARCHIVE_OK)) read_to_the_end();
  if (result == ARCHIVE_EOF || !sound(result)) return false;
  ++content_.entries;
  content_.files += archive_entry_filetype(entry_) == AE_IFREG ? 1 : 0;
  return true;
}

// libarchive takes a stream that stops between two entries for a whole one, and does not look at
// what comes after the end mark, such as the checksum of everything.
void TarReader::read_to_the_end() {
  while (!next_piece().empty()) {
  }
  const auto mark = static_cast<std::uint64_t>(archive_read_header_position(archive_.get()));
  if (!content_.damage.empty()) return;
  if (unpacked_ < mark + end_mark_size)
    content_.damage = "it ends without its end mark";
  else if (zeros_ < unpacked_ - mark)
    content_.damage = "something follows its end mark";
}

std::string TarReader::name() const {
  const char* name = archive_entry_pathname(entry_);
  return name == nullptr ? "" : name;
}

void TarReader::read_data(const std::function<void(std::string_view, std::uint64_t)>& take) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int result = ARCHIVE_OK;
  while ((result = archive_read_data_block(archive_.get(), &bytes, &size, &offset)) == ARCHIVE_OK) {
    content_.bytes += size;
    if (size > 0) take({static_cast<const char*>(bytes), size}, static_cast<std::uint64_t>(offset));
    if (on_bytes_) on_bytes_(size);
  }
  if (result != ARCHIVE_EOF) sound(result);
}

}  // namespace ballast
