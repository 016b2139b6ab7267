#include "host/temporary_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "host/posix_error.h"
#include "host/trees.h"

namespace ballast {

namespace {

constexpr std::size_t longest_name_kept = 200;  // of 255: the rest is for what is added
constexpr int attempts = 100;
constexpr std::string_view mark = ".ballast-";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t letters_added = 6;

std::string temporary_name(const std::string& name) {
  std::array<unsigned char, letters_added> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) < 0) throw system_error("no random bytes", errno);
  std::string result = "." + name.substr(0, longest_name_kept);
  result += mark;
  for (const unsigned char byte : bytes) result += letters[byte % letters.size()];
  return result;
}

}  // namespace

bool is_temporary_name(std::string_view name) {
  const auto at = name.rfind(mark);
  if (!name.starts_with('.') || at == 0 || at == std::string_view::npos) return false;
  const std::string_view added = name.substr(at + mark.size());
  return added.size() == letters_added &&
         added.find_first_not_of(letters) == std::string_view::npos;
}

TemporaryFile::TemporaryFile(const Place& place) : place_(place) {
  for (int attempt = 0; attempt < attempts && !file_; ++attempt) {
    name_ = temporary_name(place.name());
    file_ = Descriptor(openat(place.folder(), name_.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_ && errno != EEXIST) break;
  }
  if (!file_) throw_write_error(place.path(), errno);
}

TemporaryFile::~TemporaryFile() {
  if (!name_.empty()) unlinkat(place_.folder(), name_.c_str(), 0);
}

void TemporaryFile::become_the_file() {
  if (renameat(place_.folder(), name_.c_str(), place_.folder(), place_.name()) != 0)
    throw_write_error(place_.path(), errno);
  name_.clear();
}

}  // namespace ballast
