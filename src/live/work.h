// What every operation on a stack stands on while it holds the stack's lock.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "journal/journal.h"
#include "live/candidate.h"
#include "live/composer.h"
#include "live/stack.h"
#include "live/switch.h"
#include "live/verify.h"
#include "operation/runner.h"

namespace ballast {

class Work {
 public:
  Work(Server& server, Journal& journal, Progress& progress, int lock,
       const OperationRecord& operation);
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // After the stack's files changed under us.
  void reload();
  // The container of the release service now; Error(failed) when there is none.
  docker::Container release_container();
  Composer& composer();

  Server& server;
  Journal& journal;
  Progress& progress;
  const OperationRecord operation;
  Stack stack;
  Running running;  // as it was when the work began
  Inspection inspection;

 private:
  int lock_;
  std::optional<Composer> composer_;
};

// The stack's lock, waiting for at most `wait`. Error(locked) names the holder and its age.
// Children that outlived a killed Ballast hold the lock: they are awaited for a while, then ended.
std::unique_ptr<Lock> hold_stack(Server& server, const std::string& stack, const std::string& kind,
                                 const std::string& operator_name, Duration wait,
                                 Progress& progress);

// A Ballast is at work on it: what looks half-done is not cut off.
bool is_going_on(Server& server, const std::string& stack);

OperationRecord new_operation(Server& server, const std::string& kind, const std::string& stack,
                              const std::string& operator_name, const std::string& environment,
                              Json request);

// The course of an operation of this kind, to run it or to recover it.
Course course_of(Work& work);

// Finishes or undoes what was interrupted on this stack, oldest first. Error(rollback_failed) when
// that fails.
void recover_stack(Server& server, Journal& journal, Progress& progress, const Lock& lock,
                   const std::string& stack);
// A stack that an operation may begin on: locked, and what was interrupted is mended.
struct HeldStack {
  HeldStack(Server& server, const std::string& stack, const std::string& kind,
            const std::string& operator_name, Duration wait, Progress& progress);
  int descriptor() const { return lock->descriptor(); }

  std::unique_ptr<Lock> lock;
  Journal journal;
};
// Error(refused) when the engine does not answer.
void require_engine(Server& server);

// One operation; nullopt: finished, else what it ended with.
std::optional<Error> recover_operation(Server& server, Journal& journal, Progress& progress,
                                       const Lock& lock, const OperationRecord& operation);

}  // namespace ballast
