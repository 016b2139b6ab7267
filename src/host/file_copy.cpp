#include "host/file_copy.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
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

std::string read_some(const Descriptor& file, const std::string& path, std::uint64_t offset,
                      std::size_t limit) {
  std::string bytes(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const ssize_t got =
        pread(file.get(), bytes.data() + size, limit - size, static_cast<off_t>(offset + size));
    if (got == 0) break;
    if (got > 0)
      size += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      throw system_error("cannot read " + path, errno);
  }
  bytes.resize(size);
  return bytes;
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

// The owner first: changing it clears bits of the mode.
void give(int file, const Ownership& to, const std::string& path) {
  if (fchown(file, to.owner, to.group) != 0 || fchmod(file, to.mode) != 0)
    throw system_error("cannot give " + path + " its owner and mode", errno);
}

}  // namespace ballast
