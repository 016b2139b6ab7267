#include "drift/overview.h"

#include "drift/book.h"

namespace ballast {

namespace {

RecordedFinding recorded_of(const Json& json) {
  return {.at = parse_time(text_at(json, "at")).value_or(Time{}),
          .what = text_at(json, "what"),
          .subject = text_at(json, "subject"),
          .text = text_at(json, "text"),
          .who = text_at(json, "who"),
          .logged_in = member(json, "logged_in")};
}

void add_records(const Journal& journal, DriftOverview& overview) {
  const std::string& stack = overview.report.stack;
  const auto good = journal.releases(stack, "good");
  if (!good.empty()) overview.released = good.front().at;
  overview.modified = modified_by_hand(journal, stack);
  for (const Json& one : recorded_findings(journal, stack, overview.released.value_or(Time::min())))
    overview.recorded.push_back(recorded_of(one));
}

}  // namespace

bool DriftOverview::is_none() const {
  return report.differences.empty() && report.unknown.empty() && !modified;
}

DriftOverview drift_overview(Server& server, const std::string& stack, bool contents) {
  require_known_stack(server, stack);
  const auto journal = Journal::open_for_reading(server.paths.journal());
  const Journal* known = journal ? &*journal : nullptr;
  const OwnPaths own = journal ? drift_state(*journal, stack).own : OwnPaths();
  DriftOverview overview{
      .report =
          look_for_drift(server, stack, known, {.own = own, .patches = true, .contents = contents}),
      .released = {},
      .modified = {},
      .recorded = {}};
  if (journal) add_records(*journal, overview);
  return overview;
}

}  // namespace ballast
