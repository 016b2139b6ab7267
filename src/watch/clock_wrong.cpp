#include <fmt/format.h>

#include <algorithm>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

Finding compared(const std::string& whose, Duration ahead, Duration limit) {
  const Duration off = std::chrono::abs(ahead);
  const std::string text = fmt::format("{} {} this machine's", human_duration(off),
                                       ahead < Duration::zero() ? "behind" : "ahead of");
  Finding finding = off <= limit ? good(whose, off < std::chrono::seconds(1)
                                                   ? std::string("agrees with this machine's")
                                                   : text)
                                 : wrong(whose, text);
  finding.measure = {.name = measure_name("clock", whose),
                     .value = static_cast<double>(off.count()) / 1000,
                     .unit = "s",
                     .limit = static_cast<double>(limit.count()) / 1000};
  return finding;
}

// What was written down by a clock that was ahead, or is read by one that is behind.
std::optional<Finding> from_the_future(const Observed& observed, Duration limit) {
  std::optional<Time> newest;
  if (observed.records.value) newest = observed.records.value->newest;
  if (observed.backups.value)
    for (const SetSeen& set : observed.backups.value->sets)
      newest = std::max(newest.value_or(set.started), set.started);
  if (!newest || *newest - observed.now <= limit) return std::nullopt;
  return wrong("records", fmt::format("the newest is dated {}, {} from now", iso_local(*newest),
                                      human_duration(*newest - observed.now)));
}

}  // namespace

Findings clock_wrong(const Observed& observed, const AlertSettings& settings) {
  const Duration limit = settings.as_time();
  Findings findings;
  if (const auto& engine = observed.engine_clock.value)
    findings.push_back(compared("engine", engine->theirs - engine->ours, limit));
  if (const auto& database = observed.database.value; database && database->clock)
    findings.push_back(compared("database", *database->clock - database->asked, limit));
  if (findings.empty()) findings.push_back(unsure_of("", "there is no other clock to ask"));
  if (auto future = from_the_future(observed, limit)) findings.push_back(*std::move(future));
  return findings;
}

}  // namespace ballast::conditions
