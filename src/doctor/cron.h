// Lines of crontabs that run backups or Odoo, and what their comments say of when.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"
#include "doctor/seen.h"

namespace ballast::doctor {

struct CronJob {
  int line = 0;
  std::string fields;   // "0 19 * * 0"
  std::string command;  // without the user
  std::string comment;  // the lines right above it, and what stands behind the command
};

struct CronZone {
  int line = 0;
  std::string zone;
};

struct CronText {
  std::vector<CronJob> jobs;    // that run backups or Odoo
  std::vector<CronZone> zones;  // CRON_TZ lines that such a job stands below
};

CronText read_cron(const CronFile& file);

// When a job runs, where that is one time of the day.
struct CronTime {
  int minute = 0;
  int hour = 0;
  std::set<unsigned> days;  // of the week, 0 is Sunday; seven of them: every day
};
std::optional<CronTime> cron_time_of(std::string_view fields);

// What a comment says, as far as it does. "Sunday 4 AM JST"
struct CronClaim {
  std::optional<unsigned> day;
  std::optional<int> minutes;  // of the day
  std::string zone;            // as it is written; empty: not named
  std::optional<TimeZone> known;

  bool says_anything() const { return day || minutes || known; }
};
std::vector<CronClaim> claims_in(std::string_view comment);

std::string weekday_name(unsigned day);  // "Sunday"

}  // namespace ballast::doctor
