#include "host/patched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "host/folder.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

class PosixPatchedFile : public PatchedFile {
 public:
  PosixPatchedFile(std::string path, Descriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  void resize(std::uint64_t size) override {
    if (ftruncate(file_.get(), static_cast<off_t>(size)) != 0) throw_write_error(path_, errno);
  }

  void write(std::uint64_t at, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_write_error(path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      at += static_cast<std::uint64_t>(written);
    }
  }

  bool has_a_name() override {
    struct stat status {};
    return fstat(file_.get(), &status) == 0 && status.st_nlink > 0;
  }

 private:
  std::string path_;
  Descriptor file_;
};

}  // namespace

std::unique_ptr<PatchedFile> open_patched_file(const std::string& path, unsigned mode) {
  const Place place(path);
  place.require_folder();
  // Looked at first: merely to open a device may set it going.
  if (const auto before = place.status()) require_regular(*before, path);
  constexpr int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  Descriptor file(openat(place.folder(), place.name(), flags, mode));
  if (!file && errno == ELOOP) throw symlink_error(path);
  if (!file) throw_write_error(path, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw_write_error(path, errno);
  require_regular(status, path);
  return std::make_unique<PosixPatchedFile>(path, std::move(file));
}

}  // namespace ballast
