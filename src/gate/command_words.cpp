#include "gate/command_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t longest = 512;
constexpr std::size_t most_words = 6;
constexpr std::string_view allowed =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/@+:[] ";

// By its name or number, so that it does nothing to who reads it.
std::string name_of(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  if (letter == '\n' || letter == '\r') return "a line break";
  if (letter == '\'' || letter == '"') return "a quote";
  if (byte >= 0x80) return fmt::format("a byte that is not ASCII (0x{:02x})", byte);
  if (byte < 0x20 || byte == 0x7f) return fmt::format("a control character (0x{:02x})", byte);
  return fmt::format("`{}`", letter);
}

}  // namespace

std::variant<std::vector<std::string>, Refusal> split_command(std::string_view bytes) {
  const std::string hint = "words have letters, digits and _ . - / @ + : [ ], and blanks between";
  if (bytes.size() > longest)
    return Refusal{fmt::format("the command has {} bytes, at most {}", bytes.size(), longest),
                   hint};
  const auto offence = bytes.find_first_not_of(allowed);
  if (offence != std::string_view::npos)
    return Refusal{
        fmt::format("the command has {} at character {}", name_of(bytes[offence]), offence + 1),
        hint};
  std::vector<std::string> words;
  for (std::string& word : split(bytes, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  if (words.empty())
    return Refusal{"no command was given: this key opens no shell",
                   "such as: ssh deploy@server status"};
  if (words.size() > most_words)
    return Refusal{fmt::format("the command has {} words, at most {}", words.size(), most_words),
                   hint};
  return words;
}

}  // namespace ballast
