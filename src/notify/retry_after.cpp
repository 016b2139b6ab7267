#include "notify/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t most_digits = 9;
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && number >= 0 && text.size() <= most_digits ? std::optional(number) : std::nullopt;
}

// "08:49:37"
std::optional<std::chrono::seconds> clock_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto hours = number_of(parts[0]);
  const auto minutes = number_of(parts[1]);
  const auto seconds = number_of(parts[2]);
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60)
    return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is still written.
std::optional<Time> date_of(std::string_view text) {
  const auto words = split_words(text);
  if (words.size() != 6 || words[5] != "GMT") return std::nullopt;
  const auto month = std::ranges::find(months, words[2]);
  const auto day = number_of(words[1]);
  const auto year = number_of(words[3]);
  const auto clock = clock_of(words[4]);
  if (month == months.end() || !day || !year || !clock) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(*year),
      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + *clock;
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Time now) {
  const std::string_view value = trim(text);
  if (const auto seconds = number_of(value)) return std::chrono::seconds(*seconds);
  const auto date = date_of(value);
  if (!date) return std::nullopt;
  return std::max(Duration(*date - now), Duration::zero());
}

}  // namespace ballast
