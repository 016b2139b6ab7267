// A listener for short questions of this machine: one request is read to its end mark, one answer
// is written, the connection is closed. Slow or silent callers are left after a few seconds.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast {

struct Caller {
  unsigned user = static_cast<unsigned>(-1);  // of a Unix socket: from the kernel; else nobody
  long long pid = 0;
};

struct LocalServerTerms {
  std::string unix_socket;          // made anew, mode 0600; or
  std::string address;              // "127.0.0.1:9478", "[::1]:9478"; port 0: any that is free
  std::string end_mark = "\n";      // of a request
  std::size_t longest = 64u << 10;  // of a request
  Duration patience = std::chrono::seconds(5);
};

// Answers on a thread of its own until it is destroyed. `answer` is called there, one at a time,
// with the request without its end mark; a caller is left without an answer when it throws.
class LocalServer {
 public:
  using Answer = std::function<std::string(const std::string& request, const Caller& caller)>;
  // Error(failed) when the place cannot be had: it says who may have it.
  LocalServer(const LocalServerTerms& terms, Answer answer);
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;
  ~LocalServer();

  std::string place() const;  // the path, or the address with the port that it has

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ballast
