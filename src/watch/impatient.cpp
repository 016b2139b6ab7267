#include "watch/impatient.h"

#include <algorithm>

namespace ballast {

HttpResponse ImpatientHttp::send(const HttpRequest& request) {
  const Monotonic now = clock_.monotonic();
  if (now >= until_) {
    HttpResponse none;
    none.failure = HttpFailure::timed_out;
    none.failure_text = "no answer within " + human_duration(patience_);
    return none;
  }
  // In whole seconds, as people read it.
  const Duration left = std::chrono::ceil<std::chrono::seconds>(until_ - now);
  HttpRequest hasty = request;
  hasty.deadline = std::min(request.deadline, std::min(left, patience_));
  return http_.send(hasty);
}

ImpatientServer::ImpatientServer(Server& server, Duration patience)
    : http_(server.host.http, server.host.clock, patience),
      host_(server.host.with(http_)),
      server_(host_, server.paths.root, server.kinds) {}

}  // namespace ballast
