#include "host/file_copy.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "host/folder.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr std::size_t piece_size = 128U << 10;       // fits the second-level cache
constexpr std::size_t kernel_piece_size = 1U << 30;  // what the kernel copies in one call

// As far as it can between these two.
void copy_by_kernel(const Descriptor& from, int to, const std::string& to_path) {
  for (;;) {
    const ssize_t copied = copy_file_range(from.get(), nullptr, to, nullptr, kernel_piece_size, 0);
    if (copied > 0 || (copied < 0 && errno == EINTR)) continue;
    if (copied < 0 && (errno == ENOSPC || errno == EDQUOT)) throw_write_error(to_path, errno);
    return;
  }
}

}  // namespace

void read_pieces(const Descriptor& file, const std::string& path,
                 const std::function<void(std::string_view)>& take) {
  std::array<char, piece_size> piece;
  for (;;) {
    const ssize_t got = read(file.get(), piece.data(), piece.size());
    if (got == 0) return;
    if (got > 0)
      take({piece.data(), static_cast<std::size_t>(got)});
    else if (errno != EINTR)
      throw system_error("cannot read " + path, errno);
  }
}

void copy_content(const Descriptor& from, const std::string& from_path, int to,
                  const std::string& to_path) {
  if (ioctl(to, FICLONE, from.get()) == 0) return;
  copy_by_kernel(from, to, to_path);
  // The rest, if there is any: some file systems say that they copied all when they copied nothing.
  read_pieces(from, from_path, [&](std::string_view piece) {
    if (!write_all(to, piece)) throw_write_error(to_path, errno);
  });
}

}  // namespace ballast
