#include "upgrade/rehearsal.h"

#include <fmt/format.h>

#include "base/text.h"
#include "restore/throw_away_world.h"
#include "upgrade/rehearsal_copies.h"

namespace ballast {

namespace {

std::string summary_of(const RehearsalReport& report) {
  return fmt::format("{} pass, the upgrade took {}; expected outage {}",
                     counted(static_cast<long long>(report.databases.size()), "copy"),
                     human_duration(report.upgrade), human_duration(report.expected_outage));
}

Error failed(const RehearsalReport& report, const std::string& path) {
  Error error(Kind::rolled_back,
              fmt::format("the rehearsal of {} failed: {}", report.tag, report.trouble),
              fmt::format("all that it found is in {}; mend the release, give it a new tag", path));
  for (const RehearsedDatabase& database : report.databases)
    if (!database.outcome.passed())
      for (const std::string& line : database.outcome.last_lines)
        error.add_context(fmt::format("{}: {}", printable(name_of(database)), line));
  return error;
}

}  // namespace

void rehearse(Work& work, StepRun& run, const std::string& set, const docker::Image& image,
              const Needs& needs) {
  if (set.empty())
    throw Error(Kind::refused,
                "the deploy has made no backup set that copies could be made of, and so the "
                "upgrade cannot be rehearsed",
                fmt::format("see why: ballast backup {}; or write `rehearse: off` into {}",
                            work.stack.name, work.stack.policy_path));
  const StoredSet stored = SetStore(work.server, work.stack.name).find(set);
  const RehearsalReport report = RehearsalCopies(work, stored, image, needs, run.progress).run();
  remove_throw_away_world(work);
  const std::string path = keep_rehearsal(work.server, report);
  run.remember("report", path);
  run.remember("passed", report.passed);
  run.remember("upgrade_ms", report.upgrade.count());
  if (!report.passed) throw failed(report, path);
  run.remember("expected_outage_ms", report.expected_outage.count());
  for (const std::string& line : rehearsal_lines(report)) run.progress.detail(line);
  run.summary = summary_of(report);
}

void undo_rehearse(Work& work, StepRun&) { remove_throw_away_world(work); }

}  // namespace ballast
