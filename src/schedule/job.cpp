#include "schedule/job.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/hash.h"

namespace ballast {

namespace {

constexpr long long longest_jitter = 300;  // seconds
constexpr const char* scheduler = "schedule";

}  // namespace

std::string_view text_of(JobKind kind) {
  switch (kind) {
    case JobKind::daily: return "daily";
    case JobKind::weekly_full: return "weekly-full";
    case JobKind::drill: return "drill";
  }
  return "";
}

std::string Job::name() const { return fmt::format("{} {}", stack, text_of(kind)); }
std::string Job::key() const { return fmt::format("{}/{}", stack, text_of(kind)); }

Duration jitter_of(std::string_view server, std::string_view stack) {
  const std::string digits = sha256_hex(fmt::format("{}/{}", server, stack)).substr(0, 8);
  return std::chrono::seconds(std::strtoll(digits.c_str(), nullptr, 16) % longest_jitter);
}

std::vector<Job> jobs_of(const std::string& stack, const BackupSchedule& schedule,
                         std::string_view server) {
  std::vector<Job> jobs;
  const auto add = [&](JobKind kind, const std::optional<ScheduleTime>& time) {
    if (time) jobs.push_back({stack, kind, *time, zone_of(*time), jitter_of(server, stack)});
  };
  add(JobKind::daily, schedule.daily);
  add(JobKind::weekly_full, schedule.weekly_full);
  add(JobKind::drill, schedule.drill_time());
  return jobs;
}

std::optional<Slot> newest_slot(const Job& job, Time now) {
  const auto nominal = newest_until(job.time, job.zone, now - job.jitter);
  if (!nominal) return std::nullopt;
  return Slot{.nominal = *nominal, .due = *nominal + job.jitter};
}

Time next_due(const Job& job, Time now) {
  return next_after(job.time, job.zone, now - job.jitter) + job.jitter;
}

std::vector<std::string> words_of(const Job& job, const std::string& root) {
  std::vector<std::string> words{"--root", root};
  if (job.kind == JobKind::drill)
    words.insert(words.end(), {"drill", job.stack});
  else
    words.insert(words.end(), {"backup", job.stack, std::string(text_of(job.kind))});
  words.insert(words.end(), {"--operator", scheduler, "--json"});
  return words;
}

}  // namespace ballast
