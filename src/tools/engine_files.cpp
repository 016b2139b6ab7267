#include "tools/engine_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tools/docker.h"
#include "tools/engine_errors.h"

namespace ballast {

namespace {

constexpr Duration patience = std::chrono::minutes(2);
constexpr std::size_t block = 512;
constexpr std::size_t most_headers = 16 * block;

HttpRequest question(const std::string& socket, const std::string& path) {
  HttpRequest request{.url = "http://docker" + path, .unix_socket = socket};
  request.deadline = patience;
  request.body_limit = 0;
  return request;
}

std::uint64_t octal(std::string_view field) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  std::uint64_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number, 8);
  return number;
}

std::size_t in_blocks(std::uint64_t size) { return (size + block - 1) / block * block; }

docker::FileKind kind_of(char type) {
  switch (type) {
    case '0':
    case '\0': return docker::FileKind::regular;
    case '2': return docker::FileKind::symlink;
    case '5': return docker::FileKind::folder;
    default: return docker::FileKind::other;
  }
}

// Long names and times of an entry stand in headers of their own before it.
bool is_about_the_next(char type) {
  return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

}  // namespace

std::optional<docker::FileInArchive> docker::first_in_archive(std::string_view tar) {
  constexpr std::size_t size_at = 124;
  constexpr std::size_t size_length = 12;
  constexpr std::size_t type_at = 156;
  while (tar.size() >= block && tar.front() != '\0') {
    const std::uint64_t size = octal(tar.substr(size_at, size_length));
    const char type = tar[type_at];
    tar.remove_prefix(block);
    if (!is_about_the_next(type))
      return FileInArchive{
          .kind = kind_of(type), .size = size, .content = std::string(tar.substr(0, size))};
    tar.remove_prefix(std::min(tar.size(), in_blocks(size)));
  }
  return std::nullopt;
}

std::optional<docker::FileInArchive> file_in_container(Host& host, const std::string& socket,
                                                       const std::string& container,
                                                       const std::string& path, std::size_t limit) {
  HttpRequest request = question(
      socket, fmt::format("/containers/{}/archive?path={}", container, docker::url_escaped(path)));
  std::string tar;
  request.on_data = [&](std::string_view piece) {
    tar += piece;
    return tar.size() <= limit + most_headers;
  };
  const HttpResponse response = host.http.send(request);
  if (response.status == 404) return std::nullopt;
  if (!response.answered()) throw no_answer(response, socket);
  if (!is_good(response)) throw engine_refuses(response, "to read " + path);
  auto file = docker::first_in_archive(tar);
  if (!file)
    throw Error(Kind::failed, fmt::format("the Docker Engine's archive of {} is none", path));
  if (file->size > limit) file->content.clear();
  return file;
}

}  // namespace ballast
