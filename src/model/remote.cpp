#include "model/remote.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

bool is_letter_of_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter == '.';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, is_letter_of_name);
}

bool is_path(std::string_view text) {
  const auto parts = split(text, '/');
  return printable(text) == text && std::ranges::find(parts, "..") == parts.end();
}

}  // namespace

std::string Remote::text() const { return fmt::format("{}:{}", name, path); }

Remote Remote::below(std::string_view part) const {
  const bool joined = path.empty() || path.ends_with('/');
  return {.name = name, .path = fmt::format("{}{}{}", path, joined ? "" : "/", part)};
}

std::optional<Remote> parse_remote(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view path = text.substr(colon + 1);
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (!is_name(text.substr(0, colon)) || !is_path(path)) return std::nullopt;
  return Remote{.name = std::string(text.substr(0, colon)), .path = std::string(path)};
}

}  // namespace ballast
