#include "restore/exchange_course.h"

#include <fmt/format.h>

#include "live/records.h"

namespace ballast {

namespace {

Kind kind_after(const Failure& failure, bool touched) {
  const Kind kind = failure.error.kind();
  if (failure.undo_error) return Kind::rollback_failed;
  if (kind == Kind::interrupted || kind == Kind::usage || kind == Kind::refused) return kind;
  return touched ? Kind::rolled_back : Kind::failed;
}

Ending ending_of_exchange(const Work& work, const Failure& failure, const Facts& facts) {
  const bool touched = reached_live_data(facts);
  const Kind kind = kind_after(failure, touched);
  std::string message = failure.error.message();
  std::string hint = failure.error.hint();
  if (failure.undo_error) {
    message += "; and the way back failed: " + failure.undo_error->message();
    hint = fmt::format(
        "a person is needed. Nothing was dropped: look with ballast verify {0}, then try: ballast "
        "recover {0}",
        work.stack.name);
  } else if (touched) {
    message += fmt::format("; the data of before is live again in {}", work.stack.name);
  } else if (kind != Kind::usage && kind != Kind::refused) {
    message += fmt::format("; nothing of {} was changed", work.stack.name);
  }
  Ending ending{.error = Error(kind, message, hint), .history = {}, .release = std::nullopt};
  for (const std::string& line : failure.error.context()) ending.error.add_context(line);
  return ending;
}

std::vector<std::string> live_databases(const Exchange& exchange) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : exchange.databases) names.push_back(swap.names.live);
  return names;
}

}  // namespace

StepHandler handler(Work& work, ExchangeStep step, ExchangeStep undo) {
  StepHandler made{[&work, step](StepRun& run) { step(work, run); }, {}};
  if (undo != nullptr) made.undo = [&work, undo](StepRun& run) { undo(work, run); };
  return made;
}

Course exchange_course(Work& work, StepHandlers handlers) {
  return {
      .handlers = std::move(handlers),
      .ending = [&work](const Failure& failure,
                        const Facts& facts) { return ending_of_exchange(work, failure, facts); },
      .records_changed = [&work] { sync_records(work.server, work.journal); }};
}

RestoreResult run_exchange(Work& work, const Plan& plan) {
  const Monotonic began = work.server.host.clock.monotonic();
  const Course course = course_of(work);
  const Facts facts =
      Runner(work.server.host, work.journal, work.progress, course).run(work.operation, plan);
  work.reload();
  return {
      .operation = work.operation.id,
      .set = text_at(work.operation.request, "set"),
      .tag = work.stack.tag(),
      .databases = live_databases(exchange_from_json(member(facts.at("look"), "exchange"))),
      .elapsed = std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - began)};
}

}  // namespace ballast
