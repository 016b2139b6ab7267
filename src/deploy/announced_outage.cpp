#include "deploy/announced_outage.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/outage.h"
#include "deploy/steps.h"
#include "notify/announce.h"

namespace ballast {

namespace {

constexpr Duration shown_at_least = std::chrono::minutes(10);

Message message_of(const Work& work, const StepRun& run) {
  Message message;
  message.lasts = std::max(shown_at_least, outage_of(run).expected.value_or(Duration{}));
  message.alerts.push_back(
      {.rule = "planned-outage",
       .stack = work.stack.name,
       .subject = {},
       .title = "Planned Outage",
       .news = News::firing,
       .unknown = false,
       .severity = Severity::info,
       .text =
           fmt::format("{} stands still while its databases are changed to {}: {}", work.stack.name,
                       steps::wanted_tag(work.operation), expected_outage_text(run)),
       .hint = fmt::format("how it goes: ballast status {}", work.stack.name),
       .since = work.server.host.clock.now(),
       .until = {}});
  return message;
}

void queue_and_send(Work& work, StepRun& run) {
  Notifier notifier(work.server.host, work.server.paths);
  if (!notifier.is_set_up()) return;
  notifier.put(message_of(work, run));
  for (const std::string& note : deliver_once(notifier)) run.progress.detail(note);
}

}  // namespace

std::string expected_outage_text(const StepRun& run) {
  const auto expected = outage_of(run).expected;
  return expected ? "expected outage " + human_duration(*expected)
                  : "as long as the upgrade takes: it was not rehearsed";
}

void announce_outage(Work& work, StepRun& run) {
  try {
    queue_and_send(work, run);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    run.progress.detail("nobody was told of the outage: " + error.message());
  }
}

}  // namespace ballast
