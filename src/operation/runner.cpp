#include "operation/runner.h"

#include <fmt/format.h>

#include "base/version.h"

namespace ballast {

struct Runner::Walk {
  OperationRecord operation;
  Plan plan;
  Facts facts;
  std::map<int, StepState> reached;

  int size() const { return static_cast<int>(plan.steps.size()); }
  const Step& at(int number) const { return plan.steps.at(static_cast<std::size_t>(number)); }
  bool done(int number) const {
    const auto found = reached.find(number);
    return found != reached.end() && found->second == StepState::done;
  }
  std::optional<int> committing() const {
    for (int number = 0; number < size(); ++number)
      if (at(number).commits) return number;
    return std::nullopt;
  }
  bool committed() const {
    const auto number = committing();
    return number && done(*number);
  }
};

namespace {

Error as_error(const std::exception& exception) {
  if (const auto* error = dynamic_cast<const Error*>(&exception)) return *error;
  return Error(Kind::failed, fmt::format("internal error: {}", exception.what()));
}

// In a step's fact: why there was nothing to do.
constexpr const char* skipped = "skipped";

bool was_skipped(const Json& fact) { return fact.is_object() && fact.contains(skipped); }

Error interrupted() { return Error(Kind::interrupted, "interrupted"); }

}  // namespace

Error before_the_start(const Error& error, const std::string& stack) {
  return Error(error.kind() == Kind::failed ? Kind::refused : error.kind(),
               fmt::format("{}; {} was not touched", error.message(), stack), error.hint());
}

StepRun::StepRun(Host& host_, Journal& journal_, Progress& progress_,
                 const OperationRecord& operation_, const Step& step_, int number, Facts& facts,
                 StepState state)
    : host(host_),
      journal(journal_),
      progress(progress_),
      operation(operation_),
      step(step_),
      number_(number),
      facts_(facts),
      state_(state) {}

const Json& StepRun::fact_of(const std::string& step_name) const {
  static const Json none;
  const auto found = facts_.find(step_name);
  return found == facts_.end() ? none : found->second;
}

const Json& StepRun::fact() const { return fact_of(step.name); }

void StepRun::remember(const std::string& key, const Json& value) {
  Json& fact = facts_[step.name];
  if (!fact.is_object()) fact = Json::object();
  fact[key] = value;
  journal.record_step(operation.id, {.number = number_,
                                     .name = step.name,
                                     .state = state_,
                                     .fact = fact,
                                     .at = host.clock.now()});
}

void StepRun::skip(const std::string& why) {
  remember(skipped, why);
  summary = why;
}

Runner::Runner(Host& host, Journal& journal, Progress& progress, const Course& course)
    : host_(host), journal_(journal), progress_(progress), course_(course) {}

Facts Runner::run(OperationRecord operation, const Plan& plan) {
  operation.plan = plan_json(plan);
  try {
    journal_.begin(operation);
  } catch (const Error& error) {
    throw before_the_start(error, operation.stack);
  }
  progress_.plan(plan, operation.id);
  Walk walk{.operation = std::move(operation), .plan = plan, .facts = {}, .reached = {}};
  if (const auto error = forward(walk, 0)) throw *error;
  return walk.facts;
}

std::optional<Error> Runner::recover(const OperationRecord& operation, const Error& why) {
  Walk walk{
      .operation = operation, .plan = plan_from_json(operation.plan), .facts = {}, .reached = {}};
  int last = -1;
  for (const StepRecord& step : journal_.steps(operation.id)) {
    walk.facts[step.name] = step.fact;
    walk.reached[step.number] = step.state;
    last = std::max(last, step.number);
  }
  host_.interrupts.hold(true);
  progress_.plan(walk.plan, operation.id);
  const auto committing = walk.committing();
  const bool reached =
      committing && last >= *committing && walk.reached[*committing] <= StepState::done;
  // Another version's steps may mean something else: they may be undone, not continued.
  const bool is_ours = operation.ballast_version == version;
  if (!is_ours && walk.committed()) {
    finish(walk);
    return std::nullopt;
  }
  if (!reached || !is_ours) return backward(walk, last, why);
  return forward(walk, *committing);
}

std::optional<Error> Runner::forward(Walk& walk, int first) {
  for (int number = first; number < walk.size(); ++number) {
    if (walk.done(number)) continue;
    try {
      advance(walk, number);
    } catch (const std::exception& exception) {
      if (walk.committed()) {
        progress_.detail(fmt::format("{}: {}", walk.at(number).title, exception.what()));
        continue;
      }
      return backward(walk, number, as_error(exception));
    }
  }
  finish(walk);
  return std::nullopt;
}

void Runner::advance(Walk& walk, int number) {
  if (walk.at(number).commits) host_.interrupts.hold(true);
  if (host_.interrupts.cuts_short()) throw interrupted();
  run_step(walk, number);
}

void Runner::run_step(Walk& walk, int number) {
  const Step& step = walk.at(number);
  const Monotonic began = host_.clock.monotonic();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<Duration>(host_.clock.monotonic() - began);
  };
  progress_.step_begins(step);
  journal_.record_step(walk.operation.id, {.number = number,
                                           .name = step.name,
                                           .state = StepState::intended,
                                           .fact = walk.facts[step.name],
                                           .at = host_.clock.now()});
  walk.reached[number] = StepState::intended;
  StepRun run(host_, journal_, progress_, walk.operation, step, number, walk.facts,
              StepState::intended);
  try {
    course_.handlers.at(step.name).run(run);
  } catch (const std::exception& exception) {
    progress_.step_ends(step, StepEnd::failed, as_error(exception).message(), elapsed());
    throw;
  }
  journal_.record_step(walk.operation.id,
                       {.number = number,
                        .name = step.name,
                        .state = StepState::done,
                        .fact = walk.facts[step.name],
                        .at = host_.clock.now()},
                       run.history, run.release);
  walk.reached[number] = StepState::done;
  if (!run.history.empty() || run.release) course_.records_changed();
  const bool skips = was_skipped(walk.facts[step.name]);
  progress_.step_ends(step, skips ? StepEnd::skipped : StepEnd::done, run.summary, elapsed());
}

// An operation ends with what went wrong, also when there is more that cannot be told.
Ending Runner::ending_of(const Failure& failure, const Facts& facts) const {
  try {
    return course_.ending(failure, facts);
  } catch (const std::exception& exception) {
    Ending ending{.error = failure.error, .history = {}, .release = std::nullopt};
    ending.error.add_context(as_error(exception).message());
    return ending;
  }
}

Error Runner::backward(Walk& walk, int last, const Error& error) {
  host_.interrupts.hold(true);
  const std::string failed_step = last < 0 ? std::string() : walk.at(last).name;
  const auto undo_error = undo_steps(walk, last);
  Ending ending =
      ending_of({.error = error, .step = failed_step, .undo_error = undo_error}, walk.facts);
  const OperationState state = undo_error ? OperationState::failed : OperationState::undone;
  try {
    journal_.end(walk.operation.id, state, exit_status(ending.error.kind()), ending.error.message(),
                 host_.clock.now(), ending.history, ending.release);
    course_.records_changed();
  } catch (const std::exception& exception) {
    ending.error.add_context(fmt::format("the end of {} could not be recorded: {}",
                                         walk.operation.id, as_error(exception).message()));
  }
  return ending.error;
}

// What the world needs comes before what the journal needs: every step is undone, whatever happens
// to another one's undo.
std::optional<Error> Runner::undo_steps(Walk& walk, int last) {
  std::optional<Error> undo_error;
  for (int number = last; number >= 0; --number) undo_step(walk, number, undo_error);
  return undo_error;
}

bool Runner::undo_step(Walk& walk, int number, std::optional<Error>& undo_error) {
  const auto reached = walk.reached.find(number);
  if (reached == walk.reached.end() || reached->second == StepState::undone) return true;
  const Step& step = walk.at(number);
  if (was_skipped(walk.facts[step.name])) return true;
  const auto handler = course_.handlers.find(step.name);
  if (handler != course_.handlers.end() && !handler->second.undo) return true;
  const auto record = [&](StepState state) {
    try {
      journal_.record_step(walk.operation.id, {.number = number,
                                               .name = step.name,
                                               .state = state,
                                               .fact = walk.facts[step.name],
                                               .at = host_.clock.now()});
    } catch (const std::exception& exception) {
      progress_.detail(fmt::format("not recorded: {}", exception.what()));
    }
  };
  const Monotonic began = host_.clock.monotonic();
  const auto ends = [&](StepEnd end, std::string_view summary) {
    progress_.step_ends(step, end, summary,
                        std::chrono::duration_cast<Duration>(host_.clock.monotonic() - began));
  };
  progress_.undo_begins(step);
  record(StepState::undoing);
  try {
    StepRun run(host_, journal_, progress_, walk.operation, step, number, walk.facts,
                StepState::undoing);
    if (handler == course_.handlers.end())
      throw Error(Kind::failed, fmt::format("this version of ballast has no step `{}`", step.name));
    handler->second.undo(run);
    record(StepState::undone);
    ends(StepEnd::undone, run.summary);
    return true;
  } catch (const std::exception& exception) {
    ends(StepEnd::undo_failed, as_error(exception).message());
    if (!undo_error) undo_error = as_error(exception);
    return false;
  }
}

void Runner::finish(Walk& walk) {
  journal_.end(walk.operation.id, OperationState::finished, 0, "done", host_.clock.now());
  course_.records_changed();
}

}  // namespace ballast
