#include "host/await.h"

#include <arpa/inet.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "host/posix_clock.h"

namespace ballast {

bool await_descriptor(int descriptor, Awaited wanted, Monotonic until) {
  while (std::chrono::steady_clock::now() < until) {
    pollfd waiting{.fd = descriptor,
                   .events = static_cast<short>(wanted == Awaited::readable ? POLLIN : POLLOUT),
                   .revents = 0};
    const int ready = poll(&waiting, 1, poll_timeout(until));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace ballast
