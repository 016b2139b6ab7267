#include "model/attachments.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t hex_length = 40;
constexpr std::size_t text_length = hex_length + 3;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint8_t digit(char letter) {
  return static_cast<std::uint8_t>(letter <= '9' ? letter - '0' : letter - 'a' + 10);
}

void append_hex(std::string& text, std::uint8_t byte) {
  text += hex_digits[byte >> 4];
  text += hex_digits[byte & 15];
}

}  // namespace

std::string AttachmentName::hex() const {
  std::string text;
  text.reserve(hex_length);
  for (const std::uint8_t byte : sha1) append_hex(text, byte);
  return text;
}

std::string AttachmentName::text() const {
  std::string text;
  text.reserve(text_length);
  append_hex(text, sha1.front());
  text += '/';
  for (const std::uint8_t byte : sha1) append_hex(text, byte);
  return text;
}

std::string attachment_folder(unsigned number) { return fmt::format("{:02x}", number); }

std::optional<AttachmentName> parse_attachment_name(std::string_view text) {
  if (text.size() != text_length || text[2] != '/') return std::nullopt;
  const std::string_view hex = text.substr(3);
  if (!is_hex(hex) || text.substr(0, 2) != hex.substr(0, 2)) return std::nullopt;
  AttachmentName name;
  for (std::size_t index = 0; index < name.sha1.size(); ++index)
    name.sha1[index] =
        static_cast<std::uint8_t>(digit(hex[2 * index]) << 4 | digit(hex[2 * index + 1]));
  return name;
}

std::string print_attachments(std::span<const AttachmentName> names) {
  std::string text;
  text.reserve(names.size() * (text_length + 1));
  for (const AttachmentName& name : names) text += name.text() + "\n";
  return text;
}

void AttachmentReader::add(std::string_view piece, std::vector<AttachmentName>& names) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    rest_ += piece.substr(0, end);
    if (rest_.size() > text_length) next(rest_);
    if (end == std::string_view::npos) return;
    names.push_back(next(rest_));
    rest_.clear();
    piece.remove_prefix(end + 1);
  }
}

void AttachmentReader::end() {
  if (rest_.empty()) return;
  ++lines_;
  refuse("the line is cut off");
}

AttachmentName AttachmentReader::next(std::string_view line) {
  ++lines_;
  const auto name = parse_attachment_name(line);
  if (!name)
    refuse(fmt::format("`{}` is not the name of an attachment", printable(shortened(line, 60))));
  if (lines_ > 1 && *name <= last_)
    refuse(fmt::format("{} comes after {}: the list is not sorted", name->text(), last_.text()));
  last_ = *name;
  return last_;
}

void AttachmentReader::refuse(std::string_view problem) const {
  throw Error(Kind::failed, fmt::format("{}:{}: {}", path_, lines_, problem),
              "the set is damaged: `ballast backup verify` says what else is");
}

}  // namespace ballast
