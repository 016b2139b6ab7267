#include "host/local_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "host/descriptor.h"
#include "host/local_socket.h"
#include "host/posix_clock.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr std::size_t most_visits = 32;  // the others stand in the kernel's line
constexpr std::size_t piece_size = 4096;
constexpr Duration without_descriptors = std::chrono::seconds(1);

Monotonic monotonic_now() { return std::chrono::steady_clock::now(); }

bool would_wait() { return errno == EAGAIN || errno == EINTR; }

// One caller, from its first byte to its last; never waits.
class Visit {
 public:
  Visit(const LocalServerTerms& terms, Descriptor connection)
      : terms_(terms), connection_(std::move(connection)), caller_(caller_of(connection_)) {}

  pollfd awaited() const {
    const int events = stage_ == Stage::answering ? POLLOUT : POLLIN;
    return {.fd = connection_.get(), .events = static_cast<short>(events), .revents = 0};
  }
  Monotonic until() const { return until_; }

  // False when it is over.
  bool go_on(const LocalServer::Answer& answer) {
    switch (stage_) {
      case Stage::asking: return listen(answer);
      case Stage::answering: return speak();
      case Stage::parting: return part();
    }
    return false;
  }

 private:
  enum class Stage { asking, answering, parting };

  bool listen(const LocalServer::Answer& answer) {
    std::array<char, piece_size> piece;
    const ssize_t got = recv(connection_.get(), piece.data(), piece.size(), 0);
    if (got < 0) return would_wait();
    if (got == 0) return false;
    request_.append(piece.data(), static_cast<std::size_t>(got));
    const auto end = std::min(request_.find(terms_.end_mark), request_.size());
    if (end > terms_.longest) return false;
    return end == request_.size() || answer_it(request_.substr(0, end), answer);
  }

  bool answer_it(const std::string& request, const LocalServer::Answer& answer) {
    request_ = {};
    answer_ = answer(request, caller_);
    stage_ = Stage::answering;
    until_ = monotonic_now() + terms_.patience;
    return speak();
  }

  bool speak() {
    while (spoken_ < answer_.size()) {
      const ssize_t sent =
          send(connection_.get(), answer_.data() + spoken_, answer_.size() - spoken_, MSG_NOSIGNAL);
      if (sent < 0) return would_wait();
      spoken_ += static_cast<std::size_t>(sent);
    }
    answer_ = {};
    shutdown(connection_.get(), SHUT_WR);
    stage_ = Stage::parting;
    return part();
  }

  // Closing with something unread would take the answer from the caller.
  bool part() {
    std::array<char, piece_size> unread;
    const ssize_t got = recv(connection_.get(), unread.data(), unread.size(), 0);
    return got > 0 || (got < 0 && would_wait());
  }

  const LocalServerTerms& terms_;
  Descriptor connection_;
  Caller caller_;
  Stage stage_ = Stage::asking;
  Monotonic until_ = monotonic_now() + terms_.patience;
  std::string request_;
  std::string answer_;
  std::size_t spoken_ = 0;
};

}  // namespace

struct LocalServer::Parts {
  Parts(const LocalServerTerms& terms, Answer answer)
      : terms_(terms),
        answer_(std::move(answer)),
        listener_(terms.unix_socket.empty() ? listen_at_address(terms.address)
                                            : listen_at_path(terms.unix_socket)),
        stop_(eventfd(0, EFD_CLOEXEC)) {
    if (!stop_) throw system_error("cannot make an eventfd", errno);
    thread_ = std::thread([this] { run(); });
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    eventfd_write(stop_.get(), 1);
    thread_.join();
    if (!terms_.unix_socket.empty()) unlink(terms_.unix_socket.c_str());
  }

  std::string place() const {
    return terms_.unix_socket.empty() ? bound_address(listener_) : terms_.unix_socket;
  }

 private:
  void run() {
    while (wait()) {
      serve();
      // What had come in time was served just now, however long the others before it took.
      visits_.remove_if(
          [now = monotonic_now()](const Visit& visit) { return visit.until() <= now; });
      admit();
    }
  }

  bool has_room() const { return visits_.size() < most_visits && monotonic_now() >= admits_from_; }

  // Until somebody says something, or is to be left; false when it is the destructor.
  bool wait() {
    awaited_.clear();
    awaited_.push_back({.fd = stop_.get(), .events = POLLIN, .revents = 0});
    awaited_.push_back({.fd = has_room() ? listener_.get() : -1, .events = POLLIN, .revents = 0});
    for (const Visit& visit : visits_) awaited_.push_back(visit.awaited());
    poll(awaited_.data(), awaited_.size(), patience());
    return awaited_.front().revents == 0;
  }

  int patience() const {
    std::optional<Monotonic> until;
    if (monotonic_now() < admits_from_) until = admits_from_;
    for (const Visit& visit : visits_)
      until = std::min(until.value_or(visit.until()), visit.until());
    return until ? poll_timeout(*until) : -1;
  }

  void serve() {
    auto awaited = awaited_.begin() + 2;
    visits_.remove_if([&](Visit& visit) { return (awaited++)->revents != 0 && !goes_on(visit); });
  }

  // The top of a thread: what goes wrong with one caller is not the end of the answers to others.
  bool goes_on(Visit& visit) const {
    try {
      return visit.go_on(answer_);
    } catch (const std::exception&) {
      return false;
    }
  }

  void admit() {
    while (has_room()) {
      Descriptor connection(
          accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!connection) return note_failed_accept();
      visits_.emplace_back(terms_, std::move(connection));
    }
  }

  // Where no descriptor is left the listener stays readable, and asking again at once would spin.
  void note_failed_accept() {
    const bool is_lasting =
        errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (is_lasting) admits_from_ = monotonic_now() + without_descriptors;
  }

  const LocalServerTerms terms_;
  const Answer answer_;
  Descriptor listener_;
  Descriptor stop_;
  std::list<Visit> visits_;
  std::vector<pollfd> awaited_;
  Monotonic admits_from_{};
  std::thread thread_;
};

LocalServer::LocalServer(const LocalServerTerms& terms, Answer answer)
    : parts_(std::make_unique<Parts>(terms, std::move(answer))) {}

LocalServer::~LocalServer() = default;

std::string LocalServer::place() const { return parts_->place(); }

}  // namespace ballast
