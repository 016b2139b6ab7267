#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

constexpr int minutes_of_day = 24 * 60;
constexpr std::size_t all_days = 7;

// A day of the week, or every day, and a time on it.
struct Moment {
  std::optional<unsigned> day;  // nullopt: every day
  int minutes = 0;

  bool operator==(const Moment&) const = default;
};

std::string text_of(const Moment& moment) {
  return fmt::format("{} {:02}:{:02}", moment.day ? weekday_name(*moment.day) : "every day",
                     moment.minutes / 60, moment.minutes % 60);
}

Moment moved(const Moment& moment, int by) {
  const int minutes = moment.minutes + by;
  const int days = minutes < 0 ? -1 : minutes / minutes_of_day;
  return {.day = moment.day ? std::optional((*moment.day + 7 + static_cast<unsigned>(days)) % 7)
                            : std::nullopt,
          .minutes = minutes - days * minutes_of_day};
}

// How far the one zone's clocks are ahead of the other's, now.
int minutes_ahead(const TimeZone& zone, const TimeZone& other, Time now) {
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::minutes>(zone.local(now) - other.local(now)).count());
}

// What the comment says, where it is silent filled up with what the line means; of a zone alone,
// that the line's own figures are meant in it.
Moment claimed(const CronClaim& claim, const Moment& here, const Moment& there) {
  if (!claim.day && !claim.minutes) return here;
  return {.day = claim.day ? claim.day : there.day,
          .minutes = claim.minutes.value_or(there.minutes)};
}

std::string fields_of(const Moment& moment) {
  return fmt::format("{} {} * * {}", moment.minutes % 60, moment.minutes / 60,
                     moment.day ? std::to_string(*moment.day) : "*");
}

struct Looked {
  const CronFile& file;
  const CronJob& job;
  const TimeZone& own;
  Time now;
};

std::string meaning(const Looked& looked, const Moment& here) {
  const TimeZone utc = *TimeZone::named("Etc/UTC");
  return fmt::format("`{}` is {} here ({}), {} UTC", looked.job.fields, text_of(here),
                     looked.own.name(),
                     text_of(moved(here, minutes_ahead(utc, looked.own, looked.now))));
}

std::string mend(const Moment& meant_here, const Moment& meant, const TimeZone& zone) {
  const std::string key = meant.day ? "weekly-full" : "daily";
  const std::string day = meant.day ? weekday_name(*meant.day).substr(0, 3) + " " : "";
  return fmt::format(
      "write `{}` there; or let Ballast keep the zone, in the policy of the stack:\n"
      "backup: {{{}: \"{}{:02}:{:02} {}\"}}",
      fields_of(meant_here), key, day, meant.minutes / 60, meant.minutes % 60, zone.name());
}

std::optional<Finding> judged(const Looked& looked, const CronClaim& claim) {
  const auto time = cron_time_of(looked.job.fields);
  if (!time || (time->days.size() != 1 && time->days.size() != all_days)) return std::nullopt;
  const Moment here{
      .day = time->days.size() == 1 ? std::optional(*time->days.begin()) : std::nullopt,
      .minutes = time->hour * 60 + time->minute};
  const TimeZone zone = claim.known.value_or(looked.own);
  const int ahead = minutes_ahead(zone, looked.own, looked.now);
  const Moment there = moved(here, ahead);
  const Moment meant = claimed(claim, here, there);
  if (meant == there) return std::nullopt;
  const std::string named = claim.zone.empty() ? looked.own.name() : claim.zone;
  const std::string elsewhere =
      claim.known ? fmt::format(", {} {}", text_of(there), named) : std::string();
  return Finding{.subject = fmt::format("{}:{}", looked.file.file.path, looked.job.line),
                 .what = fmt::format("{}{}; its comment says {} {}", meaning(looked, here),
                                     elsewhere, text_of(meant), named),
                 .mend = mend(moved(meant, -ahead), meant, zone)};
}

}  // namespace

Findings cron_wrong_zone(const ServerSeen& server) {
  if (!server.zone.value) return {not_known("the server's time zone", server.zone.trouble)};
  Findings findings = server.cron.unreadable;
  for (const CronFile& file : server.cron.found)
    for (const CronJob& job : read_cron(file).jobs)
      for (const CronClaim& claim : claims_in(job.comment))
        if (auto finding = judged({file, job, *server.zone.value, server.now}, claim)) {
          findings.push_back(*std::move(finding));
          break;
        }
  return findings;
}

}  // namespace ballast::doctor
