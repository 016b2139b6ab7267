#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::year;

TimeZone zone(std::string_view name) { return TimeZone::named(name).value(); }

std::string instant(std::string_view name, LocalTime local) {
  return iso_utc(zone(name).instant(local));
}

std::string iso(std::string_view name, std::string_view time) {
  return zone(name).iso(parse_time(time).value());
}

TEST(TimeZone, IsFoundByItsName) {
  EXPECT_EQ(zone("Asia/Tokyo").name(), "Asia/Tokyo");
  EXPECT_TRUE(TimeZone::named("UTC"));
  for (const char* name : {"Asia/Tokio", "asia/tokyo", "JST", "+09:00", "", "localtime",
                           "../../../etc/passwd", "/etc/localtime", "posix/Asia/Tokyo"})
    EXPECT_FALSE(TimeZone::named(name)) << name;
}

TEST(TimeZone, TheServersOwnIsOneOfThem) {
  EXPECT_EQ(zone(TimeZone::own().name()).name(), TimeZone::own().name());
}

TEST(TimeZone, ShowsWhatClocksShow) {
  EXPECT_EQ(iso("Asia/Tokyo", "2026-11-28T19:00:00Z"), "2026-11-29T04:00:00+09:00");
  EXPECT_EQ(iso("America/New_York", "2026-07-01T03:30:00Z"), "2026-06-30T23:30:00-04:00");
  EXPECT_EQ(iso("Asia/Kathmandu", "2026-01-01T00:00:00Z"), "2026-01-01T05:45:00+05:45");
  EXPECT_EQ(iso("America/St_Johns", "2026-01-01T00:00:00Z"), "2025-12-31T20:30:00-03:30");
  EXPECT_EQ(zone("Asia/Tokyo").local(parse_time("2028-02-29T15:00:00Z").value()),
            local_days(year(2028) / 3 / 1) + 0h);
}

TEST(TimeZone, ATimeThatClocksShowOnce) {
  EXPECT_EQ(instant("Asia/Tokyo", local_days(year(2026) / 11 / 29) + 4h), "2026-11-28T19:00:00Z");
  EXPECT_EQ(instant("Europe/Berlin", local_days(year(2028) / 2 / 29) + 3h), "2028-02-29T02:00:00Z");
}

TEST(TimeZone, ATimeThatClocksJumpOver) {
  const auto berlin = local_days(year(2027) / 3 / 28);
  EXPECT_EQ(instant("Europe/Berlin", berlin + 1h + 59min), "2027-03-28T00:59:00Z");
  EXPECT_EQ(instant("Europe/Berlin", berlin + 2h), "2027-03-28T01:00:00Z");
  EXPECT_EQ(instant("Europe/Berlin", berlin + 2h + 30min), "2027-03-28T01:00:00Z");
  EXPECT_EQ(instant("Europe/Berlin", berlin + 3h), "2027-03-28T01:00:00Z");
  EXPECT_EQ(instant("America/New_York", local_days(year(2027) / 3 / 14) + 2h + 30min),
            "2027-03-14T07:00:00Z");
  // A day that Samoa left out.
  EXPECT_EQ(instant("Pacific/Apia", local_days(year(2011) / 12 / 30) + 3h), "2011-12-30T10:00:00Z");
}

TEST(TimeZone, ATimeThatClocksShowTwice) {
  const auto berlin = local_days(year(2026) / 10 / 25);
  EXPECT_EQ(instant("Europe/Berlin", berlin + 2h + 30min), "2026-10-25T00:30:00Z");
  EXPECT_EQ(instant("Europe/Berlin", berlin + 3h), "2026-10-25T02:00:00Z");
  EXPECT_EQ(instant("America/New_York", local_days(year(2026) / 11 / 1) + 1h + 30min),
            "2026-11-01T05:30:00Z");
}

TEST(TimeZone, TheNearestName) {
  EXPECT_EQ(nearest_time_zone("Asia/Tokio"), "Asia/Tokyo");
  EXPECT_EQ(nearest_time_zone("asia/tokyo"), "Asia/Tokyo");
  EXPECT_EQ(nearest_time_zone("Tokyo"), "Asia/Tokyo");
  EXPECT_EQ(nearest_time_zone("berlin"), "Europe/Berlin");
  EXPECT_EQ(nearest_time_zone("utc"), "UTC");
  EXPECT_EQ(nearest_time_zone("JST"), std::nullopt);
  EXPECT_EQ(nearest_time_zone("+09:00"), std::nullopt);
  EXPECT_EQ(nearest_time_zone(""), std::nullopt);
}

}  // namespace
}  // namespace ballast
