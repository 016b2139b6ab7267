#include "host/stream_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <thread>
#include <utility>

#include "host/await.h"
#include "host/descriptor.h"
#include "host/local_socket.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr Duration pause = std::chrono::milliseconds(50);

Monotonic monotonic_now() { return std::chrono::steady_clock::now(); }

class Connection : public LocalStream {
 public:
  Connection(Descriptor descriptor, Duration patience)
      : descriptor_(std::move(descriptor)), patience_(patience) {}

  // nullopt: it left, or said too much or nothing in time.
  std::optional<std::string> request(std::size_t longest) {
    const Monotonic until = monotonic_now() + patience_;
    std::string text;
    std::array<char, 65536> piece;
    while (text.size() <= longest &&
           await_descriptor(descriptor_.get(), Awaited::readable, until)) {
      const ssize_t got = recv(descriptor_.get(), piece.data(), piece.size(), 0);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return std::nullopt;
      text.append(piece.data(), static_cast<std::size_t>(got));
      if (const auto end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    }
    return std::nullopt;
  }

  bool send(std::string_view bytes) override {
    const Monotonic until = monotonic_now() + patience_;
    while (open_ && !bytes.empty()) {
      const ssize_t sent = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno == EAGAIN)
        open_ = await_descriptor(descriptor_.get(), Awaited::writable, until);
      else if (errno != EINTR)
        open_ = false;
    }
    return open_;
  }

  bool is_open() override {
    pollfd left{.fd = descriptor_.get(), .events = POLLRDHUP, .revents = 0};
    if (poll(&left, 1, 0) > 0) open_ = false;
    return open_;
  }

  // From another thread: it sees that the caller is gone.
  void cut() const { shutdown(descriptor_.get(), SHUT_RDWR); }
  Caller caller() const { return caller_of(descriptor_); }

 private:
  Descriptor descriptor_;
  Duration patience_;
  std::atomic<bool> open_ = true;
};

struct Visit {
  explicit Visit(Descriptor descriptor, Duration patience)
      : connection(std::move(descriptor), patience) {}
  Connection connection;
  std::atomic<bool> over = false;
  std::thread thread;
};

}  // namespace

struct StreamServer::Parts {
  Parts(const StreamServerTerms& terms, Serve serve)
      : terms_(terms),
        serve_(std::move(serve)),
        listener_(listen_at_path(terms.unix_socket, {.mode = 0660, .group = terms.group})),
        stop_(eventfd(0, EFD_CLOEXEC)) {
    if (!stop_) throw system_error("cannot make an eventfd", errno);
    thread_ = std::thread([this] { admit_all(); });
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    eventfd_write(stop_.get(), 1);
    thread_.join();
    unlink(terms_.unix_socket.c_str());
    for (const Visit& visit : visits_) visit.connection.cut();
    for (Visit& visit : visits_) visit.thread.join();
  }

 private:
  void admit_all() {
    while (wait()) {
      remove_those_that_left();
      if (visits_.size() >= terms_.most) continue;
      Descriptor caller(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (caller)
        admit(std::move(caller));
      else if (errno != EAGAIN)  // no descriptor is left: the listener stays readable
        poll(nullptr, 0, static_cast<int>(pause.count()));
    }
  }

  void admit(Descriptor caller) {
    Visit& visit = visits_.emplace_back(std::move(caller), terms_.patience);
    visit.thread = std::thread([this, &visit] {
      serve(visit.connection);
      visit.connection.cut();
      visit.over = true;
    });
  }

  // The top of a thread: what goes wrong with one caller does not reach the others.
  void serve(Connection& connection) const {
    try {
      if (const auto request = connection.request(terms_.longest))
        serve_(*request, connection.caller(), connection);
    } catch (const std::exception&) {
      return;
    }
  }

  void remove_those_that_left() {
    for (auto visit = visits_.begin(); visit != visits_.end();) {
      if (!visit->over) {
        ++visit;
        continue;
      }
      visit->thread.join();
      visit = visits_.erase(visit);
    }
  }

  // Until somebody comes, or a moment has passed while there is no room; false when it is the
  // destructor.
  bool wait() const {
    const bool has_room = visits_.size() < terms_.most;
    std::array<pollfd, 2> awaited{
        pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0},
        pollfd{.fd = has_room ? listener_.get() : -1, .events = POLLIN, .revents = 0}};
    poll(awaited.data(), awaited.size(), has_room ? -1 : static_cast<int>(pause.count()));
    return awaited.front().revents == 0;
  }

  const StreamServerTerms terms_;
  const Serve serve_;
  Descriptor listener_;
  Descriptor stop_;
  std::list<Visit> visits_;
  std::thread thread_;
};

StreamServer::StreamServer(const StreamServerTerms& terms, Serve serve)
    : parts_(std::make_unique<Parts>(terms, std::move(serve))) {}

StreamServer::~StreamServer() = default;

}  // namespace ballast
