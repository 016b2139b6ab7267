#include "model/set_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
}

std::string escaped_byte(char byte) {
  return fmt::format("%{:02X}", static_cast<unsigned char>(byte));
}

// Of "%C3" at the front; nullopt when it is none.
std::optional<char> byte_at_front(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = hex_digits.find(text[1]);
  const auto low = hex_digits.find(text[2]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

}  // namespace

std::string_view text_of(BackupKind kind) {
  switch (kind) {
    case BackupKind::daily: return "daily";
    case BackupKind::weekly_full: return "weekly-full";
    case BackupKind::manual: return "manual";
    case BackupKind::pre_deploy: return "pre-deploy";
  }
  return "";
}

std::optional<BackupKind> parse_backup_kind(std::string_view text) {
  const auto* found = std::ranges::find(backup_kinds, text, text_of);
  return found == backup_kinds.end() ? std::nullopt : std::optional(*found);
}

std::optional<Time> time_of_set(std::string_view id) {
  constexpr std::size_t time_length = std::string_view("20261125T022707Z").size();
  if (id.size() != time_length + 5 || id[time_length] != '-') return std::nullopt;
  if (!is_hex(id.substr(time_length + 1))) return std::nullopt;
  const std::string_view begin = id.substr(0, time_length);
  const auto time = parse_time(begin);
  if (!time || compact_utc(*time) != begin) return std::nullopt;
  return time;
}

std::string dump_file(std::string_view database) {
  return fmt::format("databases/{}.dump", escaped_name(database));
}

std::string attachments_file(std::string_view database) {
  return fmt::format("databases/{}.attachments", escaped_name(database));
}

std::string volume_file(std::string_view volume) {
  return fmt::format("volumes/{}.tar.zst", escaped_name(volume));
}

std::string filestore_file(Time time) {
  return fmt::format("filestore-{}.tar.gz", compact_utc(time).substr(0, 8));
}

std::string escaped_name(std::string_view name) {
  std::string text;
  for (const char byte : name) {
    const bool hides_the_file = text.empty() && byte == '.';
    if (is_plain(byte) && !hides_the_file)
      text += byte;
    else
      text += escaped_byte(byte);
  }
  return text;
}

std::optional<std::string> unescaped_name(std::string_view text) {
  std::string name;
  for (std::string_view rest = text; !rest.empty();) {
    const auto byte = byte_at_front(rest);
    name += byte.value_or(rest.front());
    rest.remove_prefix(byte ? 3 : 1);
  }
  if (escaped_name(name) != text) return std::nullopt;
  return name;
}

bool is_set_path(std::string_view path) {
  if (printable(path) != path || path.find('\\') != std::string_view::npos) return false;
  return std::ranges::none_of(split(path, '/'), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

}  // namespace ballast
