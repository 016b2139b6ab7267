// A server of a few lines for tests: each connection brings one request and gets what the test
// says.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/descriptor.h"

namespace ballast {

class TestHttpServer {
 public:
  enum class Then { close, reset, wait };
  struct Answer {
    std::string text;
    Then then = Then::close;
  };
  using Handler = std::function<Answer(const std::string& request)>;

  explicit TestHttpServer(Handler handler) : handler_(std::move(handler)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listen_on(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  TestHttpServer(const std::string& path, Handler handler) : handler_(std::move(handler)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    listen_on(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  TestHttpServer(const TestHttpServer&) = delete;
  TestHttpServer& operator=(const TestHttpServer&) = delete;
  ~TestHttpServer() {
    shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path = "/") const { return "http://" + place() + path; }
  std::vector<std::string> requests() {
    const std::lock_guard guard(mutex_);
    return requests_;
  }

 private:
  void listen_on(int family, const sockaddr* address, socklen_t size) {
    listener_ = Descriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bind(listener_.get(), address, size) != 0 || listen(listener_.get(), 8) != 0) std::abort();
    thread_ = std::thread([this] { serve(); });
  }
  void serve() {
    while (true) {
      Descriptor connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      const std::string request = receive(connection.get());
      {
        const std::lock_guard guard(mutex_);
        requests_.push_back(request);
      }
      finish(connection, handler_(request));
    }
  }
  static std::string receive(int connection) {
    std::string text;
    std::array<char, 4096> piece{};
    while (!is_whole(text)) {
      const ssize_t got = recv(connection, piece.data(), piece.size(), 0);
      if (got <= 0) return text;
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  static bool is_whole(const std::string& text) {
    if (text.starts_with('\x16')) return true;  // the greeting of TLS
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto length = text.find("Content-Length: ");
    if (length == std::string::npos || length > end) return true;
    return text.size() >= end + 4 + std::strtoul(text.c_str() + length + 16, nullptr, 10);
  }
  static void finish(const Descriptor& connection, const Answer& answer) {
    send(connection.get(), answer.text.data(), answer.text.size(), MSG_NOSIGNAL);
    if (answer.then == Then::reset) {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (answer.then == Then::wait) receive_to_end(connection.get());
  }
  static void receive_to_end(int connection) {
    std::array<char, 4096> piece{};
    while (recv(connection, piece.data(), piece.size(), 0) > 0) {
    }
  }

  Handler handler_;
  Descriptor listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

inline std::string answer(const std::string& status, const std::string& headers = "",
                          const std::string& body = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

inline TestHttpServer::Handler always(const std::string& text,
                                      TestHttpServer::Then then = TestHttpServer::Then::close) {
  return [=](const std::string&) { return TestHttpServer::Answer{text, then}; };
}

inline std::string path_of(const std::string& request) {
  const auto begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

}  // namespace ballast
