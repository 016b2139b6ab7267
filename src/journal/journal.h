// The SQLite store (WAL, synchronous=FULL): the intent before each step and the fact after it. The
// only SQL of our own tables. A transaction that returned is on the disk. What is written of
// operations, releases and history enters the audit chain in the same transaction.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "model/audit.h"
#include "model/history.h"

namespace ballast {

inline constexpr int journal_schema = 2;

enum class OperationState { running, finished, undone, failed };  // failed: a person is needed
enum class StepState { intended, done, undoing, undone };

struct OperationRecord {
  std::string id;    // 20261125T022707Z-3f9a
  std::string kind;  // deploy, rollback, adopt
  std::string stack;
  std::string operator_name;
  std::string environment;
  Json request;  // what was asked
  Json plan;     // the steps, see operation/plan.h
  OperationState state = OperationState::running;
  std::string ballast_version;
  long long process = 0;
  std::string boot;
  Time started{};
  std::optional<Time> ended;
  int exit_status = 0;
  std::string message;  // how it ended, in words
};

struct StepRecord {
  int number = 0;  // position in the plan
  std::string name;
  StepState state = StepState::intended;
  Json fact;  // what the step found out and its undo needs; may be written while it is intended
  Time at{};
};

// A release that passed verification, or that was tried.
struct ReleaseRecord {
  std::string id;  // of the operation that made it
  std::string stack;
  std::string tag;
  std::string image_id;     // sha256:… of the local image
  std::string repo_digest;  // repository@sha256:…, empty for a local image
  std::string repository;
  std::string config_hash;  // of compose file, policy and .env without the tag line
  std::string environment;
  std::string operator_name;
  std::string outcome;  // good, failed, adopted
  std::string copies;   // folder with the kept files; empty: none
  Time at{};
};

struct HistoryRow {
  long long number = 0;
  HistoryEntry entry;
};

// The audit chain, and what stands in the tables that it holds: row by row, all columns, as the
// records of the chain have them. All of one moment.
struct Audited {
  std::vector<AuditRecord> records;  // by number
  std::vector<Json> operations;      // by id
  std::vector<Json> releases;        // by number
  std::vector<Json> history;         // by number
};

class Journal {
 public:
  // Makes or migrates it. Error(failed) when it is of a newer schema than this program knows
  // ("… was written by a newer ballast (schema 3, this one knows 1)"), is damaged, or the disk is
  // full.
  explicit Journal(const std::string& path);
  // Read only: for status and history by any user who may read it; nullopt when there is no journal
  // yet.
  static std::optional<Journal> open_for_reading(const std::string& path);
  ~Journal();
  Journal(Journal&&) noexcept;

  void begin(const OperationRecord& operation);
  // One that is over, with the release that it made, in one transaction: it is never seen running.
  void record(const OperationRecord& operation, const std::optional<ReleaseRecord>& release);
  // The process that carries the operation on (recovery).
  void take_over(const std::string& operation, long long process, const std::string& boot);
  void record_step(const std::string& operation, const StepRecord& step);
  // Step done, its history lines and its release record in one transaction; history numbers are in
  // order.
  void record_step(const std::string& operation, const StepRecord& step,
                   const std::vector<HistoryEntry>& history,
                   const std::optional<ReleaseRecord>& release);
  void end(const std::string& operation, OperationState state, int exit_status,
           const std::string& message, Time when);
  void end(const std::string& operation, OperationState state, int exit_status,
           const std::string& message, Time when, const std::vector<HistoryEntry>& history,
           const std::optional<ReleaseRecord>& release);

  std::optional<OperationRecord> operation(const std::string& id) const;
  // running ones, oldest first; of one stack, or of all when empty.
  std::vector<OperationRecord> unfinished(const std::string& stack) const;
  std::optional<OperationRecord> newest_operation(const std::string& stack) const;
  // Of those of a kind that had begun by then. `wanted` is the `kind` of what was asked for, such
  // as that of a backup set; empty: any.
  std::optional<OperationRecord> newest_operation(const std::string& stack, const std::string& kind,
                                                  const std::string& wanted, Time until) const;
  // The newest one of which that is true.
  std::optional<OperationRecord> newest_operation(
      const std::string& stack, const std::function<bool(const OperationRecord&)>& wanted) const;
  std::vector<StepRecord> steps(const std::string& operation) const;

  std::vector<ReleaseRecord> releases(const std::string& stack,
                                      const std::string& outcome = {}) const;  // newest first
  std::vector<std::string> stacks() const;

  std::vector<HistoryRow> history_rows() const;  // oldest first

  // What a tag meant when it was last seen: image id and repo digest, for "moved tag".
  struct SeenTag {
    std::string image_id;
    std::string repo_digest;
    Time at{};
  };
  std::optional<SeenTag> seen_tag(const std::string& repository, const std::string& tag) const;
  void see_tag(const std::string& repository, const std::string& tag, const SeenTag& seen);

  // Facts with their age, by stack and name ("compose-valid", "last-verify", "override:disk").
  struct Fact {
    Json value;
    Time at{};
  };
  std::optional<Fact> fact(const std::string& stack, const std::string& name) const;
  void set_fact(const std::string& stack, const std::string& name, const Json& value, Time at);

  AuditRecord append_audit(const AuditEntry& entry);
  std::vector<AuditRecord> audit_records() const;  // by number, as they stand there
  // The oldest one of that kind in which that happened.
  std::optional<AuditRecord> audit_record(const std::string& kind, const std::string& event) const;
  std::optional<AuditHead> audit_head() const;
  Audited audited() const;

 private:
  struct Database;
  explicit Journal(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace ballast
