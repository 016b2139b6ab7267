// Runs any plan: the intent is in the journal before a step, the fact after it; what fails is
// undone backwards. Recovery is the same code on a plan that is read back.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/host.h"
#include "journal/journal.h"
#include "operation/plan.h"
#include "operation/progress.h"

namespace ballast {

using Facts = std::map<std::string, Json>;  // step name → what it found out

// What a step works with. Its fact is its own memory: what its undo needs must be kept with
// remember() *before* the change that it describes.
class StepRun {
 public:
  StepRun(Host& host, Journal& journal, Progress& progress, const OperationRecord& operation,
          const Step& step, int number, Facts& facts, StepState state);

  Host& host;
  Journal& journal;
  Progress& progress;
  const OperationRecord& operation;
  const Step& step;

  const Json& fact_of(const std::string& step_name) const;  // null when it did not run
  const Json& fact() const;
  void remember(const std::string& key, const Json& value);  // durable when it returns
  // There is nothing to do: the step ends as skipped, and needs no undo.
  void skip(const std::string& why);

  // Written to the journal together with the step's end.
  std::vector<HistoryEntry> history;
  std::optional<ReleaseRecord> release;
  std::string summary;  // one line for the person who watches

 private:
  int number_;
  Facts& facts_;
  StepState state_;
};

struct StepHandler {
  std::function<void(StepRun&)> run;
  // Must bear being run again, and being run for a step that was only intended. Empty: nothing to
  // undo.
  std::function<void(StepRun&)> undo;
};

// Made by a feature for one operation; the handlers close over the feature's own state.
using StepHandlers = std::map<std::string, StepHandler>;

// How an operation that could not be finished ends: the error with its final kind, and its records.
struct Ending {
  Error error;
  std::vector<HistoryEntry> history;
  std::optional<ReleaseRecord> release;
};

struct Failure {
  Error error;
  std::string step;                 // the one that failed; for recovery the last that was reached
  std::optional<Error> undo_error;  // set when the way back failed too
};

// What failed before an operation could be recorded changed nothing.
Error before_the_start(const Error& error, const std::string& stack);

struct Course {
  StepHandlers handlers;
  std::function<Ending(const Failure& failure, const Facts& facts)> ending;
  // Brings history.log and the like up to the journal; called after every write that touches them.
  std::function<void()> records_changed;
};

class Runner {
 public:
  Runner(Host& host, Journal& journal, Progress& progress, const Course& course);

  // Returns when every step is done; else throws the ending's error after undoing.
  Facts run(OperationRecord operation, const Plan& plan);

  // Finishes an interrupted operation whose committing step was reached, else undoes it.
  // nullopt: finished; else the ending's error.
  std::optional<Error> recover(const OperationRecord& operation, const Error& why);

 private:
  struct Walk;
  void advance(Walk& walk, int number);
  void run_step(Walk& walk, int number);
  bool undo_step(Walk& walk, int number, std::optional<Error>& undo_error);
  std::optional<Error> undo_steps(Walk& walk, int last);
  std::optional<Error> forward(Walk& walk, int first);
  Ending ending_of(const Failure& failure, const Facts& facts) const;
  Error backward(Walk& walk, int last, const Error& error);
  void finish(Walk& walk);
  Host& host_;
  Journal& journal_;
  Progress& progress_;
  const Course& course_;
};

}  // namespace ballast
