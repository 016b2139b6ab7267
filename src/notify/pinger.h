// Sends pings (notify/ping.h) where the server's settings say so.
#pragma once

#include <string>
#include <string_view>

#include "host/host.h"
#include "model/paths.h"
#include "model/settings.h"
#include "notify/ping.h"

namespace ballast {

class Pinger {
 public:
  Pinger(Host& host, const Paths& paths, PingSettings settings)
      : host_(host), paths_(paths), settings_(std::move(settings)) {}

  // A few seconds at most. What went wrong, in words without a secret; empty: all went well, or
  // nobody is to be told.
  std::string ping(std::string_view job, PingKind kind, std::string_view run,
                   const std::string& body = {});

 private:
  Host& host_;
  const Paths& paths_;
  PingSettings settings_;
};

}  // namespace ballast
