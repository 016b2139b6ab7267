#include "base/secrets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::array<std::string_view, 12> secret_words{
    "password", "passwd",  "passphrase", "secret",      "token", "apikey",
    "api_key",  "api-key", "credential", "private_key", "_pass", "_pwd"};
constexpr std::array<std::string_view, 4> secret_endings{"_key", "_dsn", "database_url", "db_url"};
constexpr std::array<std::string_view, 4> secret_names{"key", "pass", "pwd", "dsn"};

struct Span {
  std::size_t begin;
  std::size_t end;
};

bool is_plain(std::string_view value) {
  const std::string word = lower(value);
  if (word == "true" || word == "false" || word == "none") return true;
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return value.size() < 6 && std::all_of(value.begin(), value.end(), is_digit);
}

// Of scheme://user:password@host the password; empty when there is none.
std::string_view url_password(std::string_view value) {
  const auto scheme = value.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto begin = scheme + 3;
  const auto at = value.substr(0, value.find_first_of("/?#", begin)).rfind('@');
  if (at == std::string_view::npos || at < begin) return {};
  const auto colon = value.find(':', begin);
  if (colon == std::string_view::npos || colon > at) return {};
  return value.substr(colon + 1, at - colon - 1);
}

std::optional<unsigned> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
  return std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto high = at + 2 < text.size() ? hex_value(text[at + 1]) : std::nullopt;
    const auto low = at + 2 < text.size() ? hex_value(text[at + 2]) : std::nullopt;
    const bool escape = text[at] == '%' && high && low;
    decoded += escape ? static_cast<char>(*high * 16 + *low) : text[at];
    if (escape) at += 2;
  }
  return decoded;
}

void find_all(std::string_view text, std::string_view value, std::vector<Span>& found) {
  for (auto at = text.find(value); at != std::string_view::npos; at = text.find(value, at + 1)) {
    const bool overlaps = !found.empty() && found.back().begin < at && at < found.back().end;
    if (overlaps)
      found.back().end = std::max(found.back().end, at + value.size());
    else
      found.push_back({at, at + value.size()});
  }
}

// Secrets that overlap become one span, so that no end of one is left standing.
std::vector<Span> merged(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& left, const Span& right) { return left.begin < right.begin; });
  std::vector<Span> result;
  for (const Span& span : spans) {
    if (result.empty() || span.begin >= result.back().end)
      result.push_back(span);
    else
      result.back().end = std::max(result.back().end, span.end);
  }
  return result;
}

template <typename Words, typename Test>
bool any(const Words& words, Test test) {
  return std::any_of(words.begin(), words.end(), test);
}

}  // namespace

bool names_a_secret(std::string_view variable) {
  const std::string name = lower(variable);
  // The path of a file that holds a secret is no secret.
  if (name.ends_with("_file")) return false;
  return any(secret_names, [&](std::string_view word) { return name == word; }) ||
         any(secret_endings, [&](std::string_view word) { return name.ends_with(word); }) ||
         any(secret_words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

bool Secrets::LongestFirst::operator()(const std::string& left, const std::string& right) const {
  return left.size() != right.size() ? left.size() > right.size() : left < right;
}

void Secrets::add(std::string_view value) {
  if (value.size() < shortest_secret || is_plain(value)) return;
  values_.emplace(value);
  // What is printed is masked line by line, where a value of several lines is never seen whole.
  if (value.find('\n') == std::string_view::npos) return;
  for (const std::string& line : split_lines(value)) add(trim(line));
}

void Secrets::add_variable(std::string_view name, std::string_view value) {
  if (names_a_secret(name)) add(value);
  const std::string_view password = url_password(value);
  add(password);
  add(percent_decoded(password));
}

std::string Secrets::mask(std::string text) const {
  std::vector<Span> found;
  for (const std::string& value : values_) find_all(text, value, found);
  if (found.empty()) return text;
  std::string shown;
  std::size_t begin = 0;
  for (const Span& span : merged(std::move(found))) {
    shown.append(text, begin, span.begin - begin).append("***");
    begin = span.end;
  }
  return shown.append(text, begin);
}

}  // namespace ballast
