// What every operation on a stack stands on while it holds the stack's lock.
#pragma once

#include <map>
#include <memory>
#include <mutex>
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
  // The stack as other files make it.
  void use(Stack other);
  // The container of the release service now; Error(failed) when there is none.
  docker::Container release_container();
  Composer& composer();
  // What Compose makes of the stack's files with this tag; asked once.
  const ComposeReading& compose_reading(const std::string& tag);
  // The release service in it, with the secrets of its env files known, so that they are masked.
  ComposeService resolved_service(const std::string& tag);

  Server& server;
  Journal& journal;
  Progress& progress;
  const OperationRecord operation;
  Stack stack;
  Running running;  // as it was when the work began
  Inspection inspection;

 private:
  ComposeReading read_compose(const std::string& tag);
  std::optional<Error> compose_is_missing();

  int lock_;
  std::optional<Composer> composer_;
  std::mutex reading_;  // checks ask side by side
  std::map<std::string, ComposeReading> readings_;
};

// The stack's lock, waiting for at most `wait`. Error(locked) names the holder and its age.
// Children that outlived a killed Ballast hold the lock: they are awaited for a while, then ended.
std::unique_ptr<Lock> hold_stack(Server& server, const std::string& stack, const std::string& kind,
                                 const std::string& operator_name, Duration wait,
                                 Progress& progress);

// The same for work on the stack's sets that leaves the stack itself free: "send", "fetch". Who
// only keeps others from it says in `by` what it does itself.
std::unique_ptr<Lock> hold_sets(Server& server, const std::string& stack, const std::string& work,
                                const std::string& operator_name, Duration wait, Progress& progress,
                                const std::string& by = {});

// A Ballast is at work on it: what looks half-done is not cut off.
bool is_going_on(Server& server, const std::string& stack);

// Whether who asked for it lets this gate pass.
bool is_overridden(const OperationRecord& operation, const std::string& gate);

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
// Bad files are told before anything is locked or written. Where an operation was cut off they may
// be its doing: then they are looked at once it is mended.
void require_readable(Server& server, const std::string& stack);
// Error(refused) when the engine does not answer.
void require_engine(Server& server);

// One operation; nullopt: finished, else what it ended with.
std::optional<Error> recover_operation(Server& server, Journal& journal, Progress& progress,
                                       const Lock& lock, const OperationRecord& operation);

}  // namespace ballast
