#include "daemon/sender.h"

#include <algorithm>

#include "notify/channel_delivery.h"

namespace ballast {

namespace {

constexpr Duration budget = std::chrono::seconds(60);
constexpr Duration rest = std::chrono::minutes(1);  // what others put there is found, too
constexpr Duration shortest_pause = std::chrono::seconds(1);

}  // namespace

Sender::Sender(Host& host, const Paths& paths, const Settings& settings)
    : host_(host), paths_(paths) {
  for (const ChannelSettings& channel : settings.channels) {
    ways_.push_back(std::make_unique<Way>());
    ways_.back()->settings = channel;
    ways_.back()->report.channel = channel.name;
  }
  for (const auto& way : ways_) way->thread = std::thread([this, one = way.get()] { serve(*one); });
}

Sender::~Sender() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  news_.notify_all();
  for (const auto& way : ways_) way->thread.join();
}

void Sender::poke() {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& way : ways_) way->poked = true;
  }
  news_.notify_all();
}

std::vector<ChannelReport> Sender::reports() const {
  const std::lock_guard lock(mutex_);
  std::vector<ChannelReport> reports;
  for (const auto& way : ways_) reports.push_back(way->report);
  return reports;
}

void Sender::serve(Way& way) {
  std::unique_lock lock(mutex_);
  while (wait(lock, way)) {
    way.poked = false;
    lock.unlock();
    ChannelDelivery delivery(host_, paths_, way.settings,
                             {.until = host_.clock.monotonic() + budget});
    ChannelReport report = delivery.run();
    lock.lock();
    way.report = std::move(report);
  }
}

// Until there is something new, or what failed is to be tried again. False: no more.
bool Sender::wait(std::unique_lock<std::mutex>& lock, Way& way) {
  Duration pause = rest;
  if (way.report.waiting > 0 && way.report.next)
    pause = std::clamp<Duration>(*way.report.next - host_.clock.now(), shortest_pause, rest);
  news_.wait_for(lock, pause, [&] { return stops_ || way.poked; });
  return !stops_;
}

}  // namespace ballast
