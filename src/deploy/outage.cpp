#include "deploy/outage.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/upgrade_steps.h"

namespace ballast {

namespace {

std::optional<Duration> duration_at(const Json& fact, std::string_view key) {
  const long long milliseconds = number_at(fact, key);
  return milliseconds > 0 ? std::optional(Duration(milliseconds)) : std::nullopt;
}

Outage outage_from(const Json& verified, const Json& rehearsed) {
  return {.measured = duration_at(verified, "outage_ms"),
          .expected = duration_at(rehearsed, "expected_outage_ms")};
}

}  // namespace

void note_outage(Work& work, StepRun& run) {
  if (const auto still = steps::standing_still_for(work, run))
    run.remember("outage_ms", still->count());
}

Outage outage_of(const StepRun& run) {
  return outage_from(run.fact(), run.fact_of(steps::rehearse_step));
}

Outage outage_of(const Facts& facts) {
  const auto fact = [&](const char* step) {
    const auto found = facts.find(step);
    return found == facts.end() ? Json() : found->second;
  };
  return outage_from(fact("verify"), fact(steps::rehearse_step));
}

std::string outage_text(const Outage& outage) {
  if (!outage.measured) return {};
  const std::string text = "outage " + human_duration(*outage.measured);
  return outage.expected ? fmt::format("{} (expected {})", text, human_duration(*outage.expected))
                         : text;
}

}  // namespace ballast
