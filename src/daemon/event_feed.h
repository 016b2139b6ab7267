// The engine's events, on a thread of its own. When the stream breaks it is opened again at once,
// then ever more seldom up to a second; what happened meanwhile is to be looked at.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "live/server.h"

namespace ballast {

struct EventListener {
  std::function<void(const docker::Event& event)> happened;
  std::function<void()> began;  // from now on events are told; before, some may have been missed
};

class EventFeed {
 public:
  EventFeed(Server& server, EventListener listener);
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;
  ~EventFeed();

 private:
  void listen();
  void listen_once();
  void pause(Duration duration);

  Server& server_;
  EventListener listener_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

}  // namespace ballast
