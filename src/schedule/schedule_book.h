// What is known of a server's jobs at a moment: their policies, their notes, the journal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "live/server.h"
#include "schedule/last_run.h"
#include "schedule/standing.h"

namespace ballast {

// What keeps jobs from being known, or from running. Nothing of it keeps others from running.
struct ScheduleTrouble {
  std::string about;  // "stack shop"
  Error error;
  bool is_new = false;  // it was not told yet
};

struct ScheduledJob {
  Job job;
  Standing standing;
  std::optional<LastRun> last;
};

class ScheduleBook {
 public:
  // Of one stack, whose policy must be good; or of all, when empty.
  ScheduleBook(Server& server, const std::string& stack);

  const std::vector<Job>& jobs() const { return jobs_; }
  const std::vector<ScheduleTrouble>& troubles() const { return troubles_; }
  ScheduledJob look_at(const Job& job);

  // Jobs that the policies have no more are forgotten, unless a policy cannot be read now.
  void take_up_jobs(Time now);
  void keep_notes();  // durable when it returns; written only when something changed
  ScheduleNotes notes;

 private:
  void add_jobs(const std::string& stack);
  void try_jobs(const std::string& stack);
  void open_journal();
  void read_notes();
  std::optional<LastRun> try_run_in_journal(const Job& job, Time now);
  bool cannot_be_read(const std::string& key) const;

  Server& server_;
  std::vector<Job> jobs_;
  std::vector<ScheduleTrouble> troubles_;
  std::optional<Journal> journal_;
  std::string kept_;  // the notes as they stand in their file
};

}  // namespace ballast
