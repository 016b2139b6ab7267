#include "model/policy_schedule.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

using std::chrono::minutes;
using std::chrono::weekday;

constexpr std::string_view every_week = "weekly";
constexpr std::array day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                               "Thursday", "Friday", "Saturday"};

std::string shown(std::string_view text) { return printable(shortened(text, 60)); }

bool is_none(const std::string& text) { return text.empty() || lower(text) == "off"; }

std::optional<weekday> parse_day(std::string_view word) {
  for (unsigned number = 0; number < day_names.size(); ++number)
    if (lower(word) == lower(day_names.at(number)) ||
        lower(word) == lower(short_name(weekday(number))))
      return weekday(number);
  return std::nullopt;
}

[[noreturn]] void refuse_day(const PolicyValue& value, std::string_view word) {
  const auto near = nearest(
      lower(word), {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
  const auto meant = near ? parse_day(*near) : std::nullopt;
  refuse_value(value, fmt::format("\"{}\" is no day of the week", shown(word)),
               meant ? fmt::format("did you mean `{}`?", short_name(*meant))
                     : std::string("write one of Mon, Tue, Wed, Thu, Fri, Sat, Sun"));
}

std::optional<int> number_in(std::string_view text, std::size_t longest) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && text.size() <= longest && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<minutes> parse_clock(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos || word.size() != colon + 3) return std::nullopt;
  const auto hour = number_in(word.substr(0, colon), 2);
  const auto minute = number_in(word.substr(colon + 1), 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return minutes(*hour * 60 + *minute);
}

bool begins_with_digit(std::string_view word) {
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

// "Sun 04:00 Asia/Tokyo", the day and the zone as they are there.
ScheduleTime read_time(const PolicyValue& value, const std::string& text,
                       std::string_view example) {
  std::vector<std::string> words = split_words(text);
  ScheduleTime time;
  if (!words.empty() && !begins_with_digit(words.front())) {
    time.day = read_weekday(value, words.front());
    words.erase(words.begin());
  }
  if (words.empty() || words.size() > 2)
    refuse_value(value, fmt::format("\"{}\" is no time to begin at", shown(text)),
                 fmt::format("write `{}`", example));
  time.at = read_time_of_day(value, words.front());
  if (words.size() == 2) time.zone = read_zone_name(value, words.back());
  return time;
}

ScheduleTime read_weekly(const PolicyValue& value, const std::string& text) {
  const ScheduleTime time = read_time(value, text, "Sun 04:00 Asia/Tokyo");
  if (!time.day)
    refuse_value(value, fmt::format("\"{}\" does not say on which day of the week", shown(text)),
                 fmt::format("write the day first: `Sun {}`", time.text()));
  return time;
}

}  // namespace

std::chrono::weekday read_weekday(const PolicyValue& value, std::string_view word) {
  const auto day = parse_day(word);
  if (!day) refuse_day(value, word);
  return *day;
}

std::chrono::minutes read_time_of_day(const PolicyValue& value, std::string_view word) {
  const auto at = parse_clock(word);
  if (!at)
    refuse_value(value, fmt::format("\"{}\" is no time of day", shown(word)),
                 word == "24:00" ? "midnight is 00:00, of the day that begins with it"
                                 : "write it from 00:00 to 23:59, such as 03:00");
  return *at;
}

std::string read_zone_name(const PolicyValue& value, std::string_view word) {
  if (TimeZone::named(word)) return std::string(word);
  const auto near = nearest_time_zone(word);
  refuse_value(value, fmt::format("\"{}\" is no time zone", shown(word)),
               near ? fmt::format("did you mean `{}`?", *near)
                    : std::string("write it by its city, such as Asia/Tokyo; `timedatectl "
                                  "list-timezones` lists them"));
}

std::optional<ScheduleTime> read_daily_time(const PolicyValue& value) {
  const std::string text = read_text(value);
  if (is_none(text)) return std::nullopt;
  ScheduleTime time = read_time(value, text, "03:00 Asia/Tokyo");
  if (!time.day) return time;
  time.day.reset();
  refuse_value(value, fmt::format("\"{}\" names a day, but this is made every day", shown(text)),
               fmt::format("write `{}`, or use `backup.weekly-full`", time.text()));
}

std::optional<ScheduleTime> read_weekly_time(const PolicyValue& value) {
  const std::string text = read_text(value);
  if (is_none(text)) return std::nullopt;
  return read_weekly(value, text);
}

void read_drill_time(BackupSchedule& schedule, const PolicyValue& value) {
  const std::string text = read_text(value);
  schedule.drill.reset();
  schedule.drill_weekly = text == every_week;
  if (!schedule.drill_weekly && !is_none(text)) schedule.drill = read_weekly(value, text);
}

Json schedule_time_json(const std::optional<ScheduleTime>& time) {
  return time ? time->text() : std::string();
}

Json drill_time_json(const BackupSchedule& schedule) {
  return schedule.drill_weekly ? Json(every_week) : schedule_time_json(schedule.drill);
}

}  // namespace ballast
