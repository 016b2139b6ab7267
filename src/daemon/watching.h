// All stacks under watch, and the engine below them: what is due is looked at, what was found is
// there to be read.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/drift_inbox.h"
#include "daemon/event_feed.h"
#include "daemon/stack_watch.h"
#include "daemon/workers.h"

namespace ballast {

struct LookCount {
  unsigned long long looks = 0;
  unsigned long long missed = 0;  // that began more than one interval late
};

class Watching {
 public:
  // `news` is called from any thread when there is something to be done.
  // What the engine tells goes to `deeds`, too.
  Watching(Server& server, Duration interval, DriftInbox& deeds, std::function<void()> news);
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  void start_what_is_due();
  Monotonic next_due() const;
  bool has_news();  // a verdict is not as it was at the last call

  std::vector<std::shared_ptr<StackWatch>> stacks() const;  // by name
  std::string engine_trouble() const;                       // empty: it answers
  LookCount looks() const;  // since the start, also at stacks that are gone by now

 private:
  void look_at_server();
  void look_at_engine();
  void follow_folders();
  bool forget_all_but(const std::vector<std::string>& names);
  void take(const docker::Event& event);
  void want_of(const std::string& project);
  void want_containers();
  void start(const std::shared_ptr<StackWatch>& stack, Part part, Monotonic now);

  Server& server_;
  const Duration interval_;
  DriftInbox& deeds_;
  std::function<void()> news_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<StackWatch>> stacks_;
  LookCount looks_at_gone_;
  std::map<std::string, std::string> seen_;  // of the engine's list, by project
  std::string engine_trouble_;
  bool has_news_ = false;
  bool server_under_way_ = false;
  Monotonic server_due_{};
  Workers workers_;
  EventFeed events_;
};

}  // namespace ballast
