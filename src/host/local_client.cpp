#include "host/local_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.h"
#include "host/await.h"
#include "host/local_call.h"

namespace ballast {

namespace {

constexpr std::size_t longest_answer = 16U << 20;
constexpr Duration slice = std::chrono::milliseconds(250);  // an interrupt wakes nobody

}  // namespace

std::optional<std::string> ask_local(const std::string& unix_socket, std::string_view request,
                                     Duration deadline) {
  const Monotonic until = std::chrono::steady_clock::now() + deadline;
  const Descriptor socket = connect_at_path(unix_socket, deadline);
  if (!socket) return std::nullopt;
  send_all(socket, request, unix_socket, deadline);
  std::string answer;
  std::array<char, 4096> piece;
  while (await_descriptor(socket.get(), Awaited::readable, until)) {
    const ssize_t got = recv(socket.get(), piece.data(), piece.size(), 0);
    if (got == 0) return answer;
    if (got < 0 && errno != EINTR) throw cannot_ask_local(unix_socket, errno);
    if (got > 0) answer.append(piece.data(), static_cast<std::size_t>(got));
    if (answer.size() > longest_answer) throw cannot_ask_local(unix_socket, EMSGSIZE);
  }
  throw no_local_answer(unix_socket, deadline);
}

namespace {

// False when there is nothing more. What it has read is added.
bool read_more(const Descriptor& socket, const std::string& path, Duration patience,
               const std::function<bool()>& goes_on, std::string& text) {
  const Monotonic until = std::chrono::steady_clock::now() + patience;
  while (!await_descriptor(socket.get(), Awaited::readable,
                           std::min(until, std::chrono::steady_clock::now() + slice))) {
    if (!goes_on()) throw Error(Kind::interrupted, "interrupted");
    if (std::chrono::steady_clock::now() >= until) throw no_local_answer(path, patience);
  }
  std::array<char, 4096> piece;
  const ssize_t got = recv(socket.get(), piece.data(), piece.size(), 0);
  if (got < 0 && errno != EINTR) throw cannot_ask_local(path, errno);
  if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
  return got != 0;
}

}  // namespace

bool follow_local(const std::string& unix_socket, std::string_view request, Duration patience,
                  const std::function<bool()>& goes_on,
                  const std::function<bool(std::string_view line)>& on_line) {
  const Descriptor socket = connect_at_path(unix_socket, patience);
  if (!socket) return false;
  send_all(socket, request, unix_socket, patience);
  std::string text;
  while (read_more(socket, unix_socket, patience, goes_on, text)) {
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      if (!on_line(std::string_view(text).substr(0, end))) return true;
      text.erase(0, end + 1);
    }
    if (text.size() > longest_answer) throw cannot_ask_local(unix_socket, EMSGSIZE);
  }
  return true;
}

}  // namespace ballast
