#include "host/local_call.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>

#include "host/local_socket.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

// Also how long connecting may take, when too many stand in line before us.
void limit_sending(const Descriptor& socket, Duration deadline) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(deadline);
  const std::chrono::microseconds rest = deadline - seconds;
  const timeval limit{.tv_sec = seconds.count(), .tv_usec = rest.count()};
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

Error no_local_answer(const std::string& path, Duration deadline) {
  return {Kind::failed, fmt::format("no answer from {} within {}", path, human_duration(deadline)),
          "see what the one that listens there does: ss -xlp"};
}

Error cannot_ask_local(const std::string& path, int number) {
  return {Kind::failed, fmt::format("cannot ask {}: {}", path, error_text(number)),
          number == EACCES || number == EPERM ? "run ballast as root (sudo)" : ""};
}

Descriptor connect_at_path(const std::string& path, Duration deadline) {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) throw cannot_ask_local(path, errno);
  limit_sending(made, deadline);
  const SocketAddress address = unix_address(path);
  if (connect(made.get(), address.get(), address.size) == 0) return made;
  if (errno == EAGAIN) throw no_local_answer(path, deadline);
  const bool nobody = errno == ENOENT || errno == ENOTDIR || errno == ECONNREFUSED;
  if (!nobody) throw cannot_ask_local(path, errno);
  return {};
}

void send_all(const Descriptor& socket, std::string_view bytes, const std::string& path,
              Duration deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0)
      throw errno == EAGAIN ? no_local_answer(path, deadline) : cannot_ask_local(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace ballast
