#include "host/upgraded_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "host/await.h"
#include "host/local_call.h"

namespace ballast {

namespace {

constexpr std::size_t longest_head = 64 << 10;
constexpr std::size_t longest_body = 64 << 10;
constexpr Duration time_for_body = std::chrono::seconds(2);

class Answer {
 public:
  Answer(const Descriptor& socket, const std::string& path, Duration deadline)
      : socket_(socket), path_(path), deadline_(deadline) {}

  // Byte by byte: what comes behind the empty line is the stream's.
  std::string head() {
    const Monotonic until = std::chrono::steady_clock::now() + deadline_;
    std::string text;
    while (!text.ends_with("\r\n\r\n")) {
      if (!await_descriptor(socket_.get(), Awaited::readable, until))
        throw no_local_answer(path_, deadline_);
      const std::string byte = piece(1);
      if (byte.empty()) throw cannot_ask_local(path_, ECONNRESET);
      text += byte;
      if (text.size() > longest_head) throw cannot_ask_local(path_, EMSGSIZE);
    }
    return text;
  }

  // As much of it as comes soon: it says why it refuses.
  std::string body(std::size_t size) {
    const Monotonic until = std::chrono::steady_clock::now() + time_for_body;
    std::string text;
    while (text.size() < size && await_descriptor(socket_.get(), Awaited::readable, until)) {
      const std::string more = piece(size - text.size());
      if (more.empty()) break;
      text += more;
    }
    return text;
  }

 private:
  std::string piece(std::size_t most) {
    std::array<char, 4096> bytes;
    while (true) {
      const ssize_t got = recv(socket_.get(), bytes.data(), std::min(most, bytes.size()), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw cannot_ask_local(path_, errno);
      return {bytes.data(), static_cast<std::size_t>(got)};
    }
  }

  const Descriptor& socket_;
  const std::string& path_;
  Duration deadline_;
};

// Of "HTTP/1.1 101 UPGRADED"; 0 when it is none.
int status_in(const std::string& head) {
  const auto words = split_words(head.substr(0, head.find("\r\n")));
  return words.size() > 1 ? std::atoi(words[1].c_str()) : 0;
}

std::size_t length_in(const std::string& head) {
  for (const std::string& line : split(head, '\n'))
    if (lower(line).starts_with("content-length:"))
      return std::min<std::size_t>(std::strtoull(line.c_str() + 15, nullptr, 10), longest_body);
  return longest_body;
}

}  // namespace

std::optional<Upgraded> upgrade_local(const std::string& unix_socket, const std::string& path,
                                      const Json& body, Duration deadline) {
  Descriptor socket = connect_at_path(unix_socket, deadline);
  if (!socket) return std::nullopt;
  const std::string content = json_text(body);
  send_all(socket,
           fmt::format("POST {} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       path, content.size(), content),
           unix_socket, deadline);
  Answer answer(socket, unix_socket, deadline);
  const std::string head = answer.head();
  Upgraded upgraded{.status = status_in(head), .body = {}, .stream = {}};
  if (upgraded.status != 101 && upgraded.status != 200) {
    upgraded.body = answer.body(length_in(head));
    return upgraded;
  }
  fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  upgraded.stream = std::move(socket);
  return upgraded;
}

}  // namespace ballast
