#include "model/severity.h"

#include <algorithm>
#include <array>

namespace ballast {

namespace {

constexpr auto words = std::to_array<std::string_view>({"info", "warn", "page"});

}  // namespace

std::string_view severity_text(Severity severity) {
  return words.at(static_cast<std::size_t>(severity));
}

std::optional<Severity> parse_severity(std::string_view text) {
  const auto found = std::ranges::find(words, text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Severity>(found - words.begin());
}

}  // namespace ballast
