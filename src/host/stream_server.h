// A listener on a Unix socket whose answers take their time: one request is read to its line's end,
// then the one who serves it speaks until it has said all, each caller on a thread of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "host/local_server.h"

namespace ballast {

// What is said to one caller.
class LocalStream {
 public:
  virtual ~LocalStream() = default;
  // False when it is gone, or has taken nothing for a while; then it is not spoken to any more.
  virtual bool send(std::string_view bytes) = 0;
  virtual bool is_open() = 0;
};

struct StreamServerTerms {
  std::string unix_socket;  // made anew, for the owner and this group (0660)
  unsigned group = 0;
  std::size_t longest = 512u << 10;              // of a request
  std::size_t most = 16;                         // callers at once; the others wait
  Duration patience = std::chrono::seconds(10);  // for a request, and for what is sent
};

class StreamServer {
 public:
  // What it throws ends the answer to this caller alone.
  using Serve =
      std::function<void(const std::string& request, const Caller& caller, LocalStream& stream)>;
  // Error(failed) when the place cannot be had.
  StreamServer(const StreamServerTerms& terms, Serve serve);
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  ~StreamServer();  // nobody is spoken to any more; waits for those who serve

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ballast
