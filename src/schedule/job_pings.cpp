#include "schedule/job_pings.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ballast {

namespace {

PingSettings settings_of(Disk& disk, const Paths& paths) {
  try {
    return read_settings(paths.settings(), disk.read(paths.settings())).ping;
  } catch (const Error&) {
    return {};
  }
}

// "shop-backup-daily"
std::string name_of(const Job& job) {
  const auto kind = text_of(job.kind);
  return job.kind == JobKind::drill ? fmt::format("{}-{}", job.stack, kind)
                                    : fmt::format("{}-backup-{}", job.stack, kind);
}

}  // namespace

JobPings::JobPings(Host& host, const Paths& paths)
    : pinger_(host, paths, settings_of(host.disk, paths)) {}

void JobPings::began(const Job& job, Time started) { ping(job, started, PingKind::start, {}); }

void JobPings::ended(const Job& job, Time started, bool went_well, const std::string& message) {
  ping(job, started, went_well ? PingKind::success : PingKind::fail, message);
}

// A ping that is not taken changes nothing: that it is missing is what the service tells of.
void JobPings::ping(const Job& job, Time started, PingKind kind, const std::string& body) {
  static_cast<void>(pinger_.ping(name_of(job), kind, job.key() + iso_utc(started), body));
}

}  // namespace ballast
