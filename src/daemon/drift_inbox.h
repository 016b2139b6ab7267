// What the engine told of containers and nobody has judged yet. For any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "drift/deed.h"

namespace ballast {

class DriftInbox {
 public:
  void happened(const docker::Event& event, Monotonic now);
  void line_began(Monotonic now);
  void stop();

  // Waits until something came, or `until`; false: it is to stop.
  bool wait(std::optional<Monotonic> until);
  // What came, into `reader`, in its order.
  void pass_on_to(DeedReader& reader);
  // Whether all that came is judged, says who judges.
  void settle(bool settled);
  bool is_settled();

 private:
  struct Entry {
    std::optional<docker::Event> event;  // nullopt: the line began
    Monotonic at{};
  };

  void push(Entry entry);

  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Entry> entries_;
  bool stops_ = false;
  bool settled_ = true;
};

}  // namespace ballast
