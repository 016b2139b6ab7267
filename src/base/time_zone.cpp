#include "base/time_zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

// Not a name but whatever this server is set to; it may mean another zone on the next one.
constexpr std::string_view link_to_own = "localtime";

const date::tzdb& database() {
  try {
    return date::get_tzdb();
  } catch (const std::exception&) {
    throw Error(Kind::failed, "the time zones of this system cannot be read",
                "they belong in /usr/share/zoneinfo: apt-get install tzdata");
  }
}

const date::time_zone* find_zone(std::string_view name) {
  static_cast<void>(database());  // says what is wrong with it
  if (name == link_to_own) return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const date::time_zone& zone : database().zones)
    if (zone.name() != link_to_own) names.push_back(zone.name());
  return names;
}

std::string city_of(std::string_view name) { return lower(name.substr(name.rfind('/') + 1)); }

bool has_area(std::string_view name) { return name.find('/') != std::string_view::npos; }

seconds offset_at(const date::time_zone* zone, Time time) {
  return zone->get_info(floor<seconds>(time)).offset;
}

std::string offset_text(seconds offset) {
  const auto minutes = std::abs(floor<std::chrono::minutes>(offset).count());
  return fmt::format("{}{:02}:{:02}", offset < seconds(0) ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace

std::optional<TimeZone> TimeZone::named(std::string_view name) {
  const date::time_zone* zone = find_zone(name);
  return zone == nullptr ? std::nullopt : std::optional(TimeZone(zone));
}

TimeZone TimeZone::own() {
  static_cast<void>(database());
  try {
    return TimeZone(date::current_zone());
  } catch (const std::exception&) {
    throw Error(Kind::failed, "the time zone of this server cannot be told from /etc/localtime",
                "set it (timedatectl set-timezone Asia/Tokyo), or write one behind each time of "
                "the policy: \"03:00 Asia/Tokyo\"");
  }
}

const std::string& TimeZone::name() const { return zone_->name(); }

LocalTime TimeZone::local(Time time) const {
  return LocalTime(floor<seconds>(time).time_since_epoch() + offset_at(zone_, time));
}

Time TimeZone::instant(LocalTime local) const {
  const auto info = zone_->get_info(date::local_seconds(local.time_since_epoch()));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return Time(local.time_since_epoch() - info.first.offset);
}

std::string TimeZone::iso(Time time) const {
  const seconds offset = offset_at(zone_, time);
  std::string text = iso_utc(time + offset);
  text.pop_back();
  return text + offset_text(offset);
}

std::optional<std::string> nearest_time_zone(std::string_view name) {
  const std::vector<std::string> names = known_names();
  for (const std::string& known : names)
    if (lower(known) == lower(name)) return known;
  for (const std::string& known : names)
    if (has_area(known) && city_of(known) == lower(name)) return known;
  // Short names are too near to each other: JST is one letter from EST.
  return has_area(name) ? nearest(name, names) : std::nullopt;
}

}  // namespace ballast
