#include "host/local_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

#include "base/error.h"
#include "host/await.h"
#include "host/descriptor.h"
#include "host/local_socket.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr std::size_t longest_answer = 16U << 20;

Error no_answer(const std::string& path, Duration deadline) {
  return {Kind::failed, fmt::format("no answer from {} within {}", path, human_duration(deadline)),
          "see what the one that listens there does: ss -xlp"};
}

Error cannot_ask(const std::string& path, int number) {
  return {Kind::failed, fmt::format("cannot ask {}: {}", path, error_text(number)),
          number == EACCES || number == EPERM ? "run ballast as root (sudo)" : ""};
}

// Also how long connecting may take, when too many stand in line before us.
void limit_sending(const Descriptor& socket, Duration deadline) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(deadline);
  const std::chrono::microseconds rest = deadline - seconds;
  const timeval limit{.tv_sec = seconds.count(), .tv_usec = rest.count()};
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// Empty when nobody listens.
Descriptor connect_to(const std::string& path, Duration deadline) {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) throw cannot_ask(path, errno);
  limit_sending(made, deadline);
  const SocketAddress address = unix_address(path);
  if (connect(made.get(), address.get(), address.size) == 0) return made;
  if (errno == EAGAIN) throw no_answer(path, deadline);
  const bool nobody = errno == ENOENT || errno == ENOTDIR || errno == ECONNREFUSED;
  if (!nobody) throw cannot_ask(path, errno);
  return {};
}

void send_all(const Descriptor& socket, std::string_view bytes, const std::string& path,
              Duration deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) throw errno == EAGAIN ? no_answer(path, deadline) : cannot_ask(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

std::optional<std::string> ask_local(const std::string& unix_socket, std::string_view request,
                                     Duration deadline) {
  const Monotonic until = std::chrono::steady_clock::now() + deadline;
  const Descriptor socket = connect_to(unix_socket, deadline);
  if (!socket) return std::nullopt;
  send_all(socket, request, unix_socket, deadline);
  std::string answer;
  std::array<char, 4096> piece;
  while (await_descriptor(socket.get(), Awaited::readable, until)) {
    const ssize_t got = recv(socket.get(), piece.data(), piece.size(), 0);
    if (got == 0) return answer;
    if (got < 0 && errno != EINTR) throw cannot_ask(unix_socket, errno);
    if (got > 0) answer.append(piece.data(), static_cast<std::size_t>(got));
    if (answer.size() > longest_answer) throw cannot_ask(unix_socket, EMSGSIZE);
  }
  throw no_answer(unix_socket, deadline);
}

}  // namespace ballast
