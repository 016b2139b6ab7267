#include "host/streamed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace ballast {

namespace {

constexpr std::uint64_t writeback_size = 16U << 20;

}  // namespace

StreamedFile::StreamedFile(const std::string& path) : place_(path) {
  place_.require_folder();
  file_ = Descriptor(openat(place_.folder(), place_.name(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_ && errno == EEXIST) throw Error(Kind::failed, place_.path() + " exists already");
  if (!file_) throw_write_error(place_.path(), errno);
}

StreamedFile::~StreamedFile() { abort(); }

void StreamedFile::append(std::string_view bytes) {
  if (!write_all(file_.get(), bytes)) throw_write_error(place_.path(), errno);
  digest_.add(bytes);
  size_ += bytes.size();
  if (size_ - on_its_way_ >= writeback_size) start_writeback();
}

// Else gigabytes would wait for finish(), and everybody else's fsync behind them. Where it cannot
// be done nothing is lost.
void StreamedFile::start_writeback() {
  sync_file_range(file_.get(), static_cast<off_t>(on_its_way_),
                  static_cast<off_t>(size_ - on_its_way_), SYNC_FILE_RANGE_WRITE);
  on_its_way_ = size_;
}

WrittenFile StreamedFile::finish() {
  sync(file_.get(), place_.path());
  file_.close();
  return {.size = size_, .sha256 = digest_.hex()};
}

void StreamedFile::abort() {
  if (!file_) return;
  file_.close();
  unlinkat(place_.folder(), place_.name(), 0);
}

}  // namespace ballast
