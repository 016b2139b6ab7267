// What is done by hand to the stacks under watch: of the engine's events at once, of what is not as
// it was deployed once in an interval. Recorded, marked, and handed on to be told. On threads of
// its own: a look takes seconds, and the daemon's others are not to wait for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "daemon/drift_inbox.h"
#include "daemon/drift_message.h"
#include "daemon/stack_watch.h"
#include "drift/book.h"

namespace ballast {

struct DriftTerms {
  Duration interval = std::chrono::hours(1);
  std::function<std::vector<std::shared_ptr<StackWatch>>()> stacks;
  std::function<void(const DriftMessage& message)> tell;  // into the queues
  std::function<void(std::string_view)> say;
};

class DriftWatch {
 public:
  DriftWatch(Server& server, DriftInbox& inbox, DriftTerms terms);
  DriftWatch(const DriftWatch&) = delete;
  DriftWatch& operator=(const DriftWatch&) = delete;
  ~DriftWatch();

 private:
  // Of one stack, from one look to the next; under `mutex_`.
  struct Looked {
    Monotonic due{};
    std::set<std::string> containers;  // of its release, at the last look
    bool wanted = false;               // once more
    std::string trouble;               // why the last one was of no use
    int waited = 0;                    // how often a look was put off
  };

  void read_deeds();
  void judge(const Deed& deed);
  Circumstances circumstances_of(const Stack& stack, const Journal& journal, const Deed& deed);
  std::string health_command_of(const std::string& container);
  void look_again_and_again();
  void look_at(const std::shared_ptr<StackWatch>& watch);
  bool is_due(const StackWatch& watch);
  void want(const std::string& stack);
  bool compare_with_release(const std::shared_ptr<StackWatch>& watch);
  bool waits_for_deeds(const std::string& stack);
  bool is_in_other_hands(const std::string& stack, const Journal& journal);
  void record(const std::shared_ptr<StackWatch>& watch, DriftBook& book, const Journal& journal,
              const std::vector<DriftFinding>& findings);

  Server& server_;
  DriftInbox& inbox_;
  const DriftTerms terms_;
  const Time since_;
  std::mutex book_mutex_;  // of what is read of the journal, changed and written back
  std::mutex mutex_;
  std::condition_variable news_;
  bool stops_ = false;
  std::map<std::string, Looked> looked_;
  std::map<std::string, std::string> health_commands_;  // of the reading thread alone
  std::vector<std::thread> threads_;
};

}  // namespace ballast
