#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "base/text.h"
#include "doctor/cron.h"

namespace ballast::doctor {

namespace {

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};

// Those that say one thing only. Of `GMT-1` the sign is as it was in 1984: one hour ahead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> short_zones{
    {{"AEDT", "Etc/GMT-11"},
     {"AEST", "Etc/GMT-10"},
     {"CEST", "Etc/GMT-2"},
     {"CET", "Etc/GMT-1"},
     {"EDT", "Etc/GMT+4"},
     {"EEST", "Etc/GMT-3"},
     {"EET", "Etc/GMT-2"},
     {"EST", "Etc/GMT+5"},
     {"GMT", "Etc/UTC"},
     {"HKT", "Asia/Hong_Kong"},
     {"JST", "Asia/Tokyo"},
     {"KST", "Asia/Seoul"},
     {"MSK", "Europe/Moscow"},
     {"PDT", "Etc/GMT+7"},
     {"PST", "Etc/GMT+8"},
     {"SGT", "Asia/Singapore"},
     {"UTC", "Etc/UTC"}}};

// Each is said on two sides of the world: what stands before it cannot be judged.
constexpr std::array<std::string_view, 6> ambiguous_zones{"BST", "CDT", "CST", "IST", "MDT", "MST"};

std::optional<unsigned> day_in(std::string_view word) {
  const std::string text = lower(word);
  for (unsigned day = 0; day < days.size(); ++day) {
    const std::string whole = lower(days[day]);
    if (text == whole || text == whole + "s" || text == whole.substr(0, 3)) return day;
  }
  return std::nullopt;
}

// "UTC+9", "GMT-05:00"
std::optional<TimeZone> zone_by_offset(std::string_view word) {
  if (word.size() < 5 || (!word.starts_with("UTC") && !word.starts_with("GMT")))
    return std::nullopt;
  if (word[3] != '+' && word[3] != '-') return std::nullopt;
  int hours = 0;
  const auto [end, failure] = std::from_chars(word.data() + 4, word.data() + word.size(), hours);
  const std::string_view rest(end, word.data() + word.size());
  if (failure != std::errc() || (!rest.empty() && rest != ":00")) return std::nullopt;
  return TimeZone::named(fmt::format("Etc/GMT{}{}", word[3] == '+' ? '-' : '+', hours));
}

std::optional<TimeZone> zone_in(const std::string& word) {
  for (const auto& [name, zone] : short_zones)
    if (word == name) return TimeZone::named(zone);
  if (const auto zone = zone_by_offset(word)) return zone;
  return word.find('/') == std::string::npos ? std::nullopt : TimeZone::named(word);
}

bool is_morning(std::string_view word) { return word == "am" || word == "a.m." || word == "a.m"; }
bool is_afternoon(std::string_view word) { return word == "pm" || word == "p.m." || word == "p.m"; }

struct Clock {
  int hour = 0;
  int minute = 0;
  bool has_colon = false;
};

// "4", "04:00", "04:00:00"; nullopt for all other.
std::optional<Clock> clock_in(std::string_view word) {
  Clock clock;
  const char* end = word.data() + word.size();
  const auto [after, failure] = std::from_chars(word.data(), end, clock.hour);
  if (failure != std::errc() || clock.hour < 0 || clock.hour > 24) return std::nullopt;
  if (after == end) return clock;
  if (*after != ':') return std::nullopt;
  clock.has_colon = true;
  const auto [last, trouble] = std::from_chars(after + 1, end, clock.minute);
  const bool ends = last == end || *last == ':';
  return trouble == std::errc() && ends && clock.minute < 60 ? std::optional(clock) : std::nullopt;
}

// Of a time and the word behind it, which may be "AM"; a bare number is no time.
std::optional<int> minutes_of(const std::string& word, const std::string& next) {
  std::string text = lower(word);
  std::string half = lower(next);
  for (const char* suffix : {"am", "pm"})
    if (text.size() > 2 && text.ends_with(suffix)) {
      text.resize(text.size() - 2);
      half = suffix;
    }
  const auto clock = clock_in(text);
  if (!clock) return std::nullopt;
  const bool has_half = is_morning(half) || is_afternoon(half);
  if (!has_half && !clock->has_colon) return std::nullopt;
  const int hour = has_half ? clock->hour % 12 + (is_afternoon(half) ? 12 : 0) : clock->hour % 24;
  return hour * 60 + clock->minute;
}

// "JST." and "Sunday:" without what ends a sentence; "a.m." as it is.
std::string without_marks(std::string word) {
  while (!word.empty() && std::string_view(":/_+-").find(word.back()) != std::string_view::npos)
    word.pop_back();
  if (word.ends_with('.') && std::ranges::count(word, '.') == 1) word.pop_back();
  return word;
}

std::vector<std::string> words_of(std::string_view comment) {
  std::string spaced;
  for (const char letter : comment) {
    const bool is_part = std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
                         std::string_view(":/_+.-").find(letter) != std::string_view::npos;
    spaced += is_part ? std::string(1, letter) : letter == ';' ? " ; " : " ";
  }
  std::vector<std::string> words = split_words(spaced);
  for (std::string& word : words) word = without_marks(std::move(word));
  return words;
}

class Reading {
 public:
  void take(const std::string& word, const std::string& next) {
    if (word == ";") return close();
    if (std::ranges::find(ambiguous_zones, word) != ambiguous_zones.end()) {
      current_ = {};
      return;
    }
    if (const auto zone = zone_in(word)) {
      current_.zone = word;
      current_.known = zone;
      return close();
    }
    if (const auto minutes = minutes_of(word, next)) {
      if (current_.minutes) close();
      current_.minutes = minutes;
    } else if (const auto day = day_in(word)) {
      several_days_ |= current_.day.has_value() && current_.day != day;
      current_.day = day;
    }
  }

  std::vector<CronClaim> finish() {
    close();
    return std::move(claims_);
  }

 private:
  // "Monday to Friday" is more than is judged here.
  void close() {
    if (several_days_) current_.day.reset();
    const bool belongs_before = current_.day && !current_.minutes && !current_.known &&
                                !claims_.empty() && claims_.back().known && !claims_.back().day;
    if (belongs_before)
      claims_.back().day = current_.day;  // "19:00 UTC Saturday"
    else if (current_.says_anything())
      claims_.push_back(current_);
    current_ = {};
    several_days_ = false;
  }

  std::vector<CronClaim> claims_;
  CronClaim current_;
  bool several_days_ = false;
};

}  // namespace

std::vector<CronClaim> claims_in(std::string_view comment) {
  const auto words = words_of(comment);
  Reading reading;
  for (std::size_t index = 0; index < words.size(); ++index)
    reading.take(words[index], index + 1 < words.size() ? words[index + 1] : "");
  return reading.finish();
}

std::string weekday_name(unsigned day) { return std::string(days.at(day)); }

}  // namespace ballast::doctor
