#include "model/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "model/utf8.h"

namespace ballast {

namespace {

constexpr std::string_view stack_hint =
    "a stack name has a-z, 0-9, `_` and `-`, begins with a letter or digit, at most 63";
constexpr std::string_view tag_hint = "a tag has letters, digits, `_`, `.` and `-`, at most 128";
constexpr std::string_view tag_begin_hint = "a tag begins with a letter, a digit or `_`";
constexpr std::string_view operator_hint =
    "an operator has no blanks and no characters of the shell, like ken or ken@example.com";
constexpr std::string_view field_hint =
    "leave `|`, line breaks and control characters out: the history has one line a release";

// A name as it may stand in a message, whatever came in.
std::string shown(std::string_view name) { return printable(shortened(name, 60)); }

std::string_view character_at_front(std::string_view text) {
  return text.substr(0, std::max<std::size_t>(utf8_length(text), 1));
}

std::string character_name(std::string_view character) {
  if (character == " ") return "blank";
  if (character == "\n" || character == "\r") return "line break";
  return fmt::format("`{}`", printable(character));
}

struct Offence {
  std::string_view character;
  std::size_t position;  // in characters, from 1
};

std::optional<Offence> first_offence(std::string_view text, auto&& is_good) {
  for (std::size_t position = 1; !text.empty(); ++position) {
    const std::string_view character = character_at_front(text);
    if (!is_good(character, position)) return Offence{character, position};
    text.remove_prefix(character.size());
  }
  return std::nullopt;
}

bool is_lower_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

bool is_word_letter(char letter) {
  return is_lower_or_digit(letter) || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

bool fits_stack_name(std::string_view character, std::size_t position) {
  const char letter = character.front();
  return is_lower_or_digit(letter) || (position > 1 && (letter == '_' || letter == '-'));
}

bool fits_tag(std::string_view character, std::size_t position) {
  const char letter = character.front();
  return is_word_letter(letter) || (position > 1 && (letter == '.' || letter == '-'));
}

bool fits_field(std::string_view character, std::size_t) {
  return character != "|" && utf8_length(character) != 0 && printable(character) == character;
}

bool fits_operator(std::string_view character, std::size_t position) {
  constexpr std::string_view of_shells = " ;&<>()$`\"'\\*?!#~{}";
  return fits_field(character, position) && of_shells.find(character) == std::string_view::npos;
}

std::string field_hint_for(const Offence& offence, std::string_view hint) {
  return std::string(utf8_length(offence.character) == 0 ? "write it in UTF-8" : hint);
}

void require_fit(std::string_view what, std::string_view value, auto&& is_good,
                 std::string_view hint) {
  if (trim(value).empty())
    throw Error(Kind::usage, fmt::format("{} is empty", what), std::string(hint));
  if (const auto offence = first_offence(value, is_good))
    throw Error(Kind::usage,
                fmt::format("{} `{}` has a {} at character {}", what, shown(value),
                            character_name(offence->character), offence->position),
                field_hint_for(*offence, hint));
}

void require_bytes(std::string_view what, std::string_view value, std::size_t limit) {
  if (value.size() <= limit) return;
  throw Error(Kind::usage,
              fmt::format("{} `{}` is too long: {} bytes, at most {}", what, shown(value),
                          value.size(), limit),
              "say it shorter");
}

[[noreturn]] void refuse_character(std::string_view name, std::string_view what,
                                   const Offence& offence, std::string_view hint) {
  throw Error(Kind::usage,
              fmt::format("`{}` is not a {}: {} at character {}", shown(name), what,
                          character_name(offence.character), offence.position),
              std::string(hint));
}

void require_length(std::string_view name, std::string_view what, std::size_t limit,
                    std::string_view hint) {
  if (name.size() <= limit) return;
  throw Error(Kind::usage,
              fmt::format("`{}` is not a {}: {} characters, at most {}", shown(name), what,
                          name.size(), limit),
              std::string(hint));
}

}  // namespace

void require_stack_name(std::string_view name) {
  if (name.empty())
    throw Error(Kind::usage, "the name of the stack is empty", std::string(stack_hint));
  if (const auto offence = first_offence(name, fits_stack_name))
    refuse_character(name, "stack name", *offence, stack_hint);
  require_length(name, "stack name", 63, stack_hint);
}

void require_tag(std::string_view tag) {
  if (tag.empty()) throw Error(Kind::usage, "the tag is empty", std::string(tag_hint));
  if (const auto offence = first_offence(tag, fits_tag)) {
    const bool begins_wrong = offence->position == 1 && fits_tag(offence->character, 2);
    refuse_character(tag, "tag", *offence, begins_wrong ? tag_begin_hint : tag_hint);
  }
  require_length(tag, "tag", 128, tag_hint);
}

void require_field(std::string_view what, std::string_view value, std::size_t limit) {
  require_fit(what, value, fits_field, field_hint);
  require_bytes(what, value, limit);
}

void require_operator(std::string_view what, std::string_view name) {
  require_fit(what, name, fits_operator, operator_hint);
  require_bytes(what, name, 128);
}

}  // namespace ballast
