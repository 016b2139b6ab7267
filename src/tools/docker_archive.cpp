// What the engine packs a file into: tar as Go writes it, with extended headers before the file's
// own where its name or size asks for them.
#include <algorithm>
#include <charconv>

#include "tools/docker.h"

namespace ballast::docker {

namespace {

constexpr std::size_t block = 512;
constexpr std::size_t size_at = 124;
constexpr std::size_t size_length = 12;
constexpr std::size_t type_at = 156;

std::optional<std::size_t> size_in(std::string_view header) {
  std::string_view text = header.substr(size_at, size_length);
  text = text.substr(0, text.find_first_of(std::string_view(" \0", 2)));
  std::size_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size, 8);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return size;
}

bool is_extension(char type) { return type == 'x' || type == 'g' || type == 'L' || type == 'K'; }

}  // namespace

std::optional<std::string> file_in_archive(std::string_view archive) {
  while (archive.size() >= block) {
    const std::string_view header = archive.substr(0, block);
    const char type = header[type_at];
    const auto size = size_in(header);
    if (!size) return std::nullopt;
    archive.remove_prefix(block);
    if (*size > archive.size()) return std::nullopt;
    if (type == '0' || type == '\0') return std::string(archive.substr(0, *size));
    if (!is_extension(type)) return std::nullopt;
    archive.remove_prefix(std::min(archive.size(), (*size + block - 1) / block * block));
  }
  return std::nullopt;
}

}  // namespace ballast::docker
