#include "host/named_pipe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr int held_bytes = 1 << 20;  // so that a reader that pauses holds up nobody

}  // namespace

std::unique_ptr<NamedPipe> NamedPipe::create(const std::string& path) {
  Place place(path);
  if (!place.has_folder() || mkfifoat(place.folder(), place.name(), 0600) != 0) return nullptr;
  return std::unique_ptr<NamedPipe>(new NamedPipe(std::move(place)));
}

NamedPipe::~NamedPipe() { unlinkat(place_.folder(), place_.name(), 0); }

// To open it for writing fails until somebody reads.
bool NamedPipe::has_reader() {
  if (pipe_) return true;
  pipe_ = Descriptor(
      openat(place_.folder(), place_.name(), O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  const bool is_unread = errno == ENXIO || errno == ENOENT;  // or it was removed with its folder
  if (!pipe_ && !is_unread) throw system_error("cannot open " + place_.path(), errno);
  if (pipe_) fcntl(pipe_.get(), F_SETPIPE_SZ, held_bytes);  // less is only slower
  return static_cast<bool>(pipe_);
}

std::size_t NamedPipe::offer(std::string_view bytes) {
  if (!has_reader()) return 0;
  const ssize_t taken = write(pipe_.get(), bytes.data(), bytes.size());
  if (taken >= 0) return static_cast<std::size_t>(taken);
  if (errno == EAGAIN || errno == EINTR || errno == EPIPE) return 0;
  throw system_error("cannot write " + place_.path(), errno);
}

void NamedPipe::end() {
  if (has_reader()) pipe_.close();
}

}  // namespace ballast
