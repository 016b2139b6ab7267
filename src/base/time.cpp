#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>

namespace ballast {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr long long minute = 60;
constexpr long long hour = 60 * minute;
constexpr long long day = 24 * hour;
constexpr long long week = 7 * day;
constexpr long long longest = 3653 * day;  // ten years

std::time_t whole_seconds(Time time) {
  return std::chrono::duration_cast<seconds>(std::chrono::floor<seconds>(time).time_since_epoch())
      .count();
}

std::tm local_parts(std::time_t when) {
  std::tm parts{};
  localtime_r(&when, &parts);
  return parts;
}

std::tm utc_parts(std::time_t when) {
  std::tm parts{};
  gmtime_r(&when, &parts);
  return parts;
}

std::string format(const std::tm& parts, const char* pattern) {
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), pattern, &parts);
  return {text.data(), length};
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int number = 0;
  for (const char digit : text.substr(at, count)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

bool set_date(std::tm& parts, std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto in_month = digits(text, 8, 2);
  if (!year || !month || !in_month || text[4] != '-' || text[7] != '-') return false;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*in_month)}};
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *in_month;
  return date.ok();
}

// Takes "11:27" or "11:27:07" off the front.
bool take_clock(std::tm& parts, std::string_view& text) {
  const auto hours = digits(text, 0, 2);
  const auto minutes = digits(text, 3, 2);
  if (!hours || !minutes || text[2] != ':' || *hours > 23 || *minutes > 59) return false;
  parts.tm_hour = *hours;
  parts.tm_min = *minutes;
  text.remove_prefix(5);
  if (!text.starts_with(':')) return true;
  const auto secs = digits(text, 1, 2);
  if (!secs || *secs > 60) return false;
  parts.tm_sec = *secs;
  text.remove_prefix(3);
  return true;
}

// Fractions of a second, as the engine writes them, are cut to milliseconds.
milliseconds take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return milliseconds(0);
  if (text.size() < 2 || !digits(text, 1, 1)) return milliseconds(0);
  text.remove_prefix(1);
  long long value = 0;
  long long scale = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return milliseconds(value);
}

// Of "+09:00" and "+0900"; PostgreSQL leaves them out: "+09".
std::optional<int> offset_minutes(std::string_view offset) {
  if (offset.size() == 3) return 0;
  if (offset.size() != 5 && offset.size() != 6) return std::nullopt;
  return digits(offset, offset.size() - 2, 2);
}

// Seconds east of Greenwich.
std::optional<long long> offset_of(std::string_view text) {
  if (text == "Z") return 0;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  if (text.size() == 6 && text[3] != ':') return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = offset_minutes(text);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const long long total = *hours * hour + *minutes * minute;
  return text[0] == '-' ? -total : total;
}

std::optional<Time> from_local(std::tm parts, milliseconds fraction) {
  parts.tm_isdst = -1;
  const std::time_t when = std::mktime(&parts);
  if (when == -1) return std::nullopt;
  return Time(seconds(when) + fraction);
}

std::optional<Time> parse_compact(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const std::string spread =
      fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                  text.substr(9, 2), text.substr(11, 2), text.substr(13, 2));
  return parse_time(spread);
}

long long unit_seconds(char unit) {
  switch (unit) {
    case 's': return 1;
    case 'm': return minute;
    case 'h': return hour;
    case 'd': return day;
    case 'w': return week;
    default: return 0;
  }
}

std::optional<long long> take_number(std::string_view& text) {
  if (text.starts_with('-')) return std::nullopt;
  long long number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || number > longest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// Takes "90s" off the front, as seconds.
std::optional<long long> take_part(std::string_view& text) {
  const auto number = take_number(text);
  if (!number || text.empty()) return std::nullopt;
  const long long unit = unit_seconds(text.front());
  text.remove_prefix(1);
  if (unit == 0 || *number > longest / unit) return std::nullopt;
  return *number * unit;
}

std::string seconds_text(long long millis) {
  if (millis % 1000 == 0) return fmt::format("{} s", millis / 1000);
  return fmt::format("{:.1f} s", static_cast<double>(millis) / 1000);
}

// An age is read at a glance: "3 h", not "3 h 12 min".
long long one_unit(long long total) {
  if (total < minute) return total;
  return total < hour ? total / minute * minute : total / hour * hour;
}

std::string two_parts(long long total, long long big, const char* big_name, long long small,
                      const char* small_name) {
  const long long rest = total % big / small;
  if (rest == 0) return fmt::format("{} {}", total / big, big_name);
  return fmt::format("{} {} {} {}", total / big, big_name, rest, small_name);
}

}  // namespace

std::string iso_local(Time time) {
  const std::tm parts = local_parts(whole_seconds(time));
  const std::string offset = format(parts, "%z");
  return format(parts, "%Y-%m-%dT%H:%M:%S") + offset.substr(0, 3) + ":" + offset.substr(3);
}

std::string iso_utc(Time time) {
  return format(utc_parts(whole_seconds(time)), "%Y-%m-%dT%H:%M:%SZ");
}
std::string compact_utc(Time time) {
  return format(utc_parts(whole_seconds(time)), "%Y%m%dT%H%M%SZ");
}

std::optional<Time> parse_time(std::string_view text) {
  if (const auto compact = parse_compact(text)) return compact;
  std::tm parts{};
  if (text.size() < 10 || !set_date(parts, text)) return std::nullopt;
  text.remove_prefix(10);
  if (text.empty()) return from_local(parts, milliseconds(0));
  if (text.front() != 'T' && text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  if (!take_clock(parts, text)) return std::nullopt;
  const milliseconds fraction = take_fraction(text);
  if (text.empty()) return from_local(parts, fraction);
  const auto offset = offset_of(text);
  if (!offset) return std::nullopt;
  return Time(seconds(timegm(&parts) - *offset) + fraction);
}

std::optional<Duration> parse_duration(std::string_view text) {
  std::string_view bare = text;
  const auto count = take_number(bare);
  if (count && bare.empty()) return Duration(seconds(*count));
  long long total = 0;
  do {
    const auto part = take_part(text);
    if (!part) return std::nullopt;
    total += *part;
  } while (!text.empty() && total <= longest);
  if (total > longest) return std::nullopt;
  return Duration(seconds(total));
}

std::string human_duration(Duration duration) {
  const long long millis = duration.count();
  if (millis < 0) return "-" + human_duration(-duration);
  if (millis < 1000) return fmt::format("{} ms", millis);
  if (millis < 59'950) return seconds_text(millis);
  const long long total = std::max(millis / 1000, minute);
  if (total < hour) return two_parts(total, minute, "min", 1, "s");
  if (total < 2 * day) return two_parts(total, hour, "h", minute, "min");
  return fmt::format("{} days", total / day);
}

std::string human_age(Duration age) {
  const long long total = std::abs(age.count() / 1000);
  if (total < 10) return "just now";
  const std::string length = human_duration(seconds(one_unit(total)));
  return age.count() < 0 ? "in " + length : length + " ago";
}

}  // namespace ballast
