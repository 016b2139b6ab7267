// HTTP by libcurl, over TCP or a Unix socket. No answer at all is a value (`failure`), not an
// exception.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ballast {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::string unix_socket;  // when set, the URL's host is ignored
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Duration deadline = std::chrono::seconds(10);  // for the whole exchange
  std::string connect_to;             // "address:port" to connect to instead of the URL's host
  int follow_redirects = 0;           // how many
  std::size_t body_limit = 1u << 20;  // more is cut, `truncated` set; 0: no limit
  bool stop_after_headers = false;    // for a WebSocket handshake: 101 has no body
  // Streams the body, that of a refusal too; false ends it.
  std::function<bool(std::string_view piece)> on_data;
  std::function<void()> on_answer;  // its headers are there, its body may take long
  // Asked about once a second while nothing comes, too; false ends the exchange.
  std::function<bool()> goes_on;
};

enum class HttpFailure {
  none,
  refused,
  timed_out,
  reset,
  not_resolved,
  permission,
  no_socket,
  tls,
  other
};

struct HttpResponse {
  int status = 0;                              // 0 when there was no answer
  std::map<std::string, std::string> headers;  // names in lower case; the last answer's
  std::string body;
  std::string effective_url;  // after redirects
  HttpFailure failure = HttpFailure::none;
  std::string failure_text;  // "connection refused", "no answer within 5 s", …
  bool truncated = false;
  Duration elapsed{};

  bool answered() const { return failure == HttpFailure::none; }
};

class Http {
 public:
  virtual ~Http() = default;
  virtual HttpResponse send(const HttpRequest& request) = 0;  // may be called from many threads
};

}  // namespace ballast
