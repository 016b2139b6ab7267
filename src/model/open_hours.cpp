#include "model/open_hours.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "model/policy_schedule.h"

namespace ballast {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::weekday;

constexpr minutes whole_day = std::chrono::hours(24);
constexpr const char* example = "write `Mon-Fri 08:00-20:00 Asia/Tokyo`";

[[noreturn]] void refuse_hours(const PolicyValue& value) {
  refuse_value(
      value, fmt::format("\"{}\" is no span of hours", printable(shortened(value.node.scalar, 60))),
      example);
}

// "Mon-Fri", "Sat"; past the end of the week when it must ("Sat-Mon").
std::bitset<7> read_days(const PolicyValue& value, const std::string& word) {
  const auto ends = split(word, '-');
  if (ends.size() > 2) refuse_hours(value);
  std::bitset<7> found;
  const weekday last = read_weekday(value, ends.back());
  for (weekday day = read_weekday(value, ends.front());; ++day) {
    found.set(day.c_encoding());
    if (day == last) return found;
  }
}

void read_span(const PolicyValue& value, const std::string& word, OpenHours& hours) {
  const auto ends = split(word, '-');
  if (ends.size() != 2) refuse_hours(value);
  hours.from = read_time_of_day(value, ends.front());
  hours.to = ends.back() == "24:00" ? whole_day : read_time_of_day(value, ends.back());
  if (hours.from == hours.to) refuse_value(value, "they end when they begin", example);
}

bool begins_with_digit(const std::string& word) {
  return word.front() >= '0' && word.front() <= '9';
}

}  // namespace

bool OpenHours::hold(LocalTime moment) const {
  const auto today = std::chrono::floor<std::chrono::days>(moment);
  const auto clock = moment - today;
  const bool today_counts = days.test(weekday(today).c_encoding());
  if (from < to) return today_counts && clock >= from && clock < to;
  const bool yesterday_counts = days.test((weekday(today) - std::chrono::days(1)).c_encoding());
  return (today_counts && clock >= from) || (yesterday_counts && clock < to);
}

bool is_open(const OpenHours& hours, Time moment) {
  if (hours.zone.empty()) return hours.hold(TimeZone::own().local(moment));
  const auto zone = TimeZone::named(hours.zone);
  if (!zone) throw Error(Kind::failed, fmt::format("the time zone {} is gone", hours.zone));
  return hours.hold(zone->local(moment));
}

OpenHours read_open_hours(const PolicyValue& value) {
  OpenHours hours{.days = {}, .from = {}, .to = {}, .zone = {}, .text = read_text(value)};
  std::vector<std::string> words = split_words(hours.text);
  if (words.empty()) refuse_hours(value);
  if (begins_with_digit(words.front())) {
    hours.days.set();
  } else {
    hours.days = read_days(value, words.front());
    words.erase(words.begin());
  }
  if (words.empty() || words.size() > 2) refuse_hours(value);
  read_span(value, words.front(), hours);
  if (words.size() == 2) hours.zone = read_zone_name(value, words.back());
  return hours;
}

}  // namespace ballast
