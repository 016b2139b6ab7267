#include "daemon/stoppable.h"

namespace ballast {

HttpResponse StoppableHttp::send(const HttpRequest& request) {
  if (request.goes_on) return http_.send(request);
  HttpRequest stoppable = request;
  stoppable.goes_on = [this] { return !stops_; };
  HttpResponse response = http_.send(stoppable);
  if (stops_ && response.status == 0 && response.answered()) {
    response.failure = HttpFailure::other;
    response.failure_text = "stopped";
  }
  return response;
}

StoppableHost::StoppableHost(Host& host, const std::atomic<bool>& stops)
    : http_(host.http, stops), host_(host.with(http_)) {}

}  // namespace ballast
