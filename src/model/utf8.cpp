#include "model/utf8.h"

#include <algorithm>
#include <array>

namespace ballast {

namespace {

// What may follow a first byte: the table of RFC 3629, section 4.
struct Lead {
  unsigned char first;
  unsigned char last;
  std::size_t length;
  unsigned char second_least;
  unsigned char second_most;
};

constexpr auto leads = std::to_array<Lead>({
    {0x00, 0x7F, 1, 0x00, 0x00},
    {0xC2, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F},
});

bool lies_within(char letter, unsigned char least, unsigned char most) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= least && byte <= most;
}

bool continues(std::string_view text, const Lead& lead) {
  if (text.size() < lead.length) return false;
  if (lead.length == 1) return true;
  const std::string_view rest = text.substr(2, lead.length - 2);
  return lies_within(text[1], lead.second_least, lead.second_most) &&
         std::ranges::all_of(rest, [](char byte) { return lies_within(byte, 0x80, 0xBF); });
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto lead = std::ranges::find_if(
      leads, [&](const Lead& row) { return lies_within(text.front(), row.first, row.last); });
  return lead != leads.end() && continues(text, *lead) ? lead->length : 0;
}

std::optional<std::size_t> first_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace ballast
