// The same host, whose requests end within a second once they are to stop: a daemon that is told to
// go does not wait for what hangs.
#pragma once

#include <atomic>

#include "host/host.h"

namespace ballast {

class StoppableHttp : public Http {
 public:
  StoppableHttp(Http& http, const std::atomic<bool>& stops) : http_(http), stops_(stops) {}
  HttpResponse send(const HttpRequest& request) override;

 private:
  Http& http_;
  const std::atomic<bool>& stops_;
};

// Lives no longer than the one that it stands for.
class StoppableHost {
 public:
  StoppableHost(Host& host, const std::atomic<bool>& stops);
  StoppableHost(const StoppableHost&) = delete;
  StoppableHost& operator=(const StoppableHost&) = delete;
  Host& get() { return host_; }

 private:
  StoppableHttp http_;
  Host host_;
};

}  // namespace ballast
