// A server that answers within a deadline or not at all: for questions that are asked again soon.
#pragma once

#include "live/server.h"

namespace ballast {

class ImpatientHttp : public Http {
 public:
  // `patience` is for all that is asked from now on, together.
  ImpatientHttp(Http& http, Clock& clock, Duration patience)
      : http_(http), clock_(clock), patience_(patience), until_(clock.monotonic() + patience) {}
  HttpResponse send(const HttpRequest& request) override;

 private:
  Http& http_;
  Clock& clock_;
  Duration patience_;
  Monotonic until_;
};

// The same server, engine and sites asked impatiently. Lives no longer than the one that it stands
// for.
class ImpatientServer {
 public:
  ImpatientServer(Server& server, Duration patience);
  ImpatientServer(const ImpatientServer&) = delete;
  ImpatientServer& operator=(const ImpatientServer&) = delete;
  Server& get() { return server_; }

 private:
  ImpatientHttp http_;
  Host host_;
  Server server_;
};

}  // namespace ballast
