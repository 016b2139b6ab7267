#include "drift/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/policy.h"

namespace ballast {

namespace {

// The engine's clock is read a moment after what it tells of, and before.
constexpr Duration slack = std::chrono::seconds(2);
constexpr std::size_t longest_command = 300;

bool is_within(Time time, const Period& period) {
  return time >= period.from - slack &&
         (period.until == Time::max() || time <= period.until + slack);
}

bool is_routine(const Deed& deed, const Circumstances& known) {
  if (deed.kind != DeedKind::executed) return false;
  if (!known.health_command.empty() && deed.detail == known.health_command) return true;
  return std::ranges::any_of(known.routine, [&](const std::string& pattern) {
    return fits_pattern(deed.detail, pattern);
  });
}

bool is_explained(const Deed& deed, const Circumstances& known) {
  const auto covers = [&](const Period& period) { return is_within(deed.from, period); };
  if (known.session && covers(*known.session)) return true;
  if (std::ranges::any_of(known.operations, covers)) return true;
  if (is_routine(deed, known)) return true;
  return !deed.exec.empty() && known.is_own_exec && known.is_own_exec(deed.exec);
}

bool replaces(DeedKind kind) {
  return kind == DeedKind::recreated || kind == DeedKind::removed || kind == DeedKind::created;
}

// As a person would have typed it.
std::string words_of(const Deed& deed) {
  switch (deed.kind) {
    case DeedKind::executed:
      return "docker exec: " + shortened(printable(deed.detail), longest_command);
    case DeedKind::copied_in: return "docker cp into it";
    case DeedKind::copied_out: return "docker cp or export out of it";
    case DeedKind::committed: return "docker commit: an image was made of it";
    case DeedKind::killed: return fmt::format("docker kill: signal {}", printable(deed.detail));
    case DeedKind::ran_once: return "docker compose run";
    case DeedKind::updated: return "docker update: its limits were changed";
    default: return fmt::format("{} by hand", deed_text(deed.kind));
  }
}

}  // namespace

std::optional<DriftFinding> judge_deed(const Deed& deed, const Circumstances& known) {
  if (is_explained(deed, known)) return std::nullopt;
  const bool is_release =
      std::ranges::find(known.release_services, deed.service) != known.release_services.end();
  return DriftFinding{.what = std::string(deed_text(deed.kind)),
                      .subject = deed.service,
                      .text = fmt::format("{}: {}", deed.service, words_of(deed)),
                      .at = deed.from,
                      .changes_release = is_release && replaces(deed.kind),
                      .replaces = replaces(deed.kind),
                      .concerns_files = is_release && (deed.kind == DeedKind::executed ||
                                                       deed.kind == DeedKind::copied_in),
                      .key = {}};
}

}  // namespace ballast
