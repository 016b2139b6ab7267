// Metrics over HTTP, for Prometheus on this machine.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/local_server.h"

namespace ballast {

using MetricsPage = std::function<std::string()>;

// The whole answer to a request without its last blank line. Pure, but for what `page` does.
std::string metrics_answer(std::string_view request, const MetricsPage& page);

// Answers on a thread of its own until it is destroyed; `page` is called there.
class MetricsServer {
 public:
  // "127.0.0.1:9478". Error(failed) when it cannot be had.
  MetricsServer(const std::string& address, MetricsPage page);
  std::string place() const { return server_.place(); }

 private:
  LocalServer server_;
};

}  // namespace ballast
