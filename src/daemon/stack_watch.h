// One stack under watch. What there is to see of it is looked at in parts, each at its own pace and
// beside the others, so that one that hangs hides nothing else; the newest of each are judged
// together.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "alarm/book.h"
#include "daemon/snapshot.h"
#include "live/stack.h"
#include "watch/measurements.h"
#include "watch/observe.h"

namespace ballast {

enum class Part {
  files,  // of the stack, and who is at work on it
  containers,
  database,
  health,
  memory,
  disks,
  records,
  certificates,
  history,   // what was seen is written down as measurements
  forecast,  // what they foretell
};
inline constexpr std::size_t part_count = 10;

// Of which part an alert is judged. Pure.
Part part_of_alert(std::string_view alert);

// How often each is looked at, and how long an answer may take. Pure.
Duration pace_of(Part part, Duration interval);
Duration patience_with(Part part, Duration interval);

using Operation = std::optional<Holder>;  // that is at work on a stack

class StackWatch {
 public:
  StackWatch(Server& server, std::string name, Duration interval);

  const std::string& name() const { return name_; }
  std::string project() const;  // Compose's; empty: not known yet

  // Those that are to be looked at now. Each is under way until look() has come back.
  std::vector<Part> take_due(Monotonic now);
  std::optional<Monotonic> next_due() const;  // nullopt: all are under way
  void want(Part part);                       // as soon as it can be
  void want_all();
  bool look(Part part);  // never throws; true: it is wanted once more

  bool is_seen() const;  // each part at least once: what is not listed is not there
  bool has_news();       // a verdict is not as it was at the last call
  bool has_news_to_tell() const;
  std::vector<AlertLine> lines() const;
  // The same, with when each was seen. Before all of it was only what stands alone: the disks and,
  // of a stack that was released here, what the records say.
  std::vector<Watched> watched() const;
  std::string trouble() const;  // why its files cannot be read; empty: they can
  StackSnapshot snapshot() const;
  std::shared_ptr<const Stack> stack() const;  // as it was read last; null: not yet
  // What was noted in the journal a moment ago, before that is read again.
  void note_modified(const std::optional<ModifiedByHand>& modified);
  std::optional<OwnWork> work(Time now) const;
  std::string last_change(Time now) const;  // for who is paged
  unsigned long long looks() const;
  unsigned long long missed_looks() const;

 private:
  struct Slot {
    Monotonic due{};
    bool under_way = false;
    bool wanted = false;  // once more when it is over
    bool seen = false;    // since it is known what runs
    Monotonic began{};    // the last look that is over
  };
  struct Seen {
    std::shared_ptr<const Stack> stack;
    std::shared_ptr<const ballast::Seen<Running>> running =
        std::make_shared<const ballast::Seen<Running>>();  // each part works with it beside others
    ballast::Seen<DatabaseSeen> database;
    std::vector<CheckResult> health;           // that needs no database
    std::vector<CheckResult> database_health;  // of each database
    Observed observed;
  };

  Slot& slot(Part part) { return slots_.at(static_cast<std::size_t>(part)); }
  const Slot& slot(Part part) const { return slots_.at(static_cast<std::size_t>(part)); }
  void see(Part part, const Operation& before);
  Duration patience_of(const Stack& stack, Part part) const;
  void see_files(const Operation& before);
  bool files_changed();
  std::vector<std::string> paths_of_files() const;
  void see_containers(const Operation& before, const Stack& stack);
  void see_database(const Operation& before, const Stack& stack,
                    const ballast::Seen<Running>& running);
  void see_health(const Operation& before, const Stack& stack,
                  const ballast::Seen<Running>& running,
                  const ballast::Seen<DatabaseSeen>& database);
  void see_records(const Operation& before, const Stack& stack,
                   const ballast::Seen<Running>& running);
  bool begins_or_ends(const Operation& operation) const;
  void write_history();
  void see_forecast(const Operation& before);
  Operation operation_now();
  std::string known_docker_folder() const;
  template <typename Change>
  void take(const Operation& before, const Change& change);
  void set_trouble(const std::string& trouble);
  bool is_seen_wholly() const;
  void judge();

  Server& server_;
  const std::string name_;
  const Duration interval_;
  DatabaseMemory database_memory_;  // of the part `database` alone
  Measurements measurements_;       // of the part `history` alone
  std::string files_;               // of the part `files` alone: as they were when they were read
  mutable std::mutex mutex_;
  std::array<Slot, part_count> slots_;
  Seen seen_;
  std::vector<AlertLine> lines_;
  std::string verdicts_;
  bool has_news_ = false;
  std::string trouble_;
  Monotonic modified_noted_{};
  unsigned long long looks_ = 0;
  unsigned long long missed_ = 0;
};

}  // namespace ballast
