#include "daemon/event_feed.h"

#include <algorithm>

namespace ballast {

namespace {

constexpr Duration first_pause = std::chrono::milliseconds(50);
constexpr Duration longest_pause = std::chrono::seconds(1);

}  // namespace

EventFeed::EventFeed(Server& server, EventListener listener)
    : server_(server), listener_(std::move(listener)), thread_([this] { listen(); }) {}

EventFeed::~EventFeed() {
  stops_ = true;
  thread_.join();
}

void EventFeed::listen() {
  Duration pause_now = first_pause;
  while (!stops_) {
    const Monotonic began = server_.host.clock.monotonic();
    try {
      listen_once();
    } catch (const Error&) {
      // Whoever looks at the engine says what is wrong with it.
    }
    const bool was_well = server_.host.clock.monotonic() - began > longest_pause;
    pause_now = was_well ? first_pause : std::min(pause_now * 2, longest_pause);
    pause(pause_now);
  }
}

void EventFeed::listen_once() {
  server_.engine.events({.began = listener_.began,
                         .happened = listener_.happened,
                         .goes_on = [this] { return !stops_; }});
}

void EventFeed::pause(Duration duration) {
  if (!stops_) server_.host.clock.sleep(duration);
}

}  // namespace ballast
