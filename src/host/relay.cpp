#include "host/relay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>

#include "base/text.h"
#include "host/descriptor.h"
#include "host/posix_clock.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr int pace = 500;  // ms between two looks at the time
constexpr std::size_t most_untyped = 64 << 10;
constexpr Duration time_to_say_the_rest = std::chrono::seconds(5);
constexpr Duration time_after_end = std::chrono::milliseconds(200);
constexpr std::string_view end_of_input = "\x04";

std::atomic<int> change_of_window = -1;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler uses it");

void on_window_change(int) {
  const int saved = errno;
  const std::uint64_t one = 1;
  if (write(change_of_window, &one, sizeof one) < 0) errno = saved;
  errno = saved;
}

// SIGWINCH as something to poll for.
class WindowChanges {
 public:
  WindowChanges() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw system_error("cannot make an event descriptor", errno);
    change_of_window = event_.get();
    struct sigaction action {};
    action.sa_handler = on_window_change;
    action.sa_flags = SA_RESTART;
    sigaction(SIGWINCH, &action, &former_);
  }
  WindowChanges(const WindowChanges&) = delete;
  WindowChanges& operator=(const WindowChanges&) = delete;
  ~WindowChanges() {
    sigaction(SIGWINCH, &former_, nullptr);
    change_of_window = -1;
  }

  int descriptor() const { return event_.get(); }
  void take() const {
    eventfd_t count = 0;
    eventfd_read(event_.get(), &count);
  }

 private:
  Descriptor event_;
  struct sigaction former_ {};
};

// Each key goes to the program as it is; the terminal is given back as it was.
class RawTerminal {
 public:
  RawTerminal() : is_one_(tcgetattr(STDIN_FILENO, &former_) == 0) {
    termios raw = former_;
    cfmakeraw(&raw);
    if (is_one_) tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() {
    if (is_one_) tcsetattr(STDIN_FILENO, TCSADRAIN, &former_);
  }

  bool is_one() const { return is_one_; }

 private:
  termios former_{};
  bool is_one_;
};

// A terminal ends its lines with CR LF; a file or pipe wants LF.
class PlainLines {
 public:
  std::string take(std::string_view bytes) {
    std::string text = held_ ? "\r" : "";
    text += bytes;
    held_ = text.ends_with('\r');
    if (held_) text.pop_back();
    return replace_all(std::move(text), "\r\n", "\n");
  }

 private:
  bool held_ = false;
};

class Relay {
 public:
  Relay(TerminalProgram& program, const Interrupts& interrupts, const RelayListener& listener)
      : program_(program), interrupts_(interrupts), listener_(listener) {}

  RelayEnd run() {
    while (true) {
      wait();
      take_output();
      if (is_silent_ && program_.end_descriptor() < 0) return RelayEnd::ended;
      if (has_ended()) return say_the_rest(time_after_end, RelayEnd::ended);
      if (is_hung_up_) return stop(RelayEnd::hung_up);
      if (interrupts_.requested()) return stop(RelayEnd::interrupted);
      take_window_change();
      feed();
      if (tell_the_time()) return stop(RelayEnd::over);
    }
  }

 private:
  void wait() {
    const bool reads = !input_ended_ && untyped_.size() < most_untyped;
    const short wanted = static_cast<short>(untyped_.empty() ? POLLIN : POLLIN | POLLOUT);
    std::array<pollfd, 4> watched{
        pollfd{program_.descriptor(), wanted, 0}, pollfd{reads ? STDIN_FILENO : -1, POLLIN, 0},
        pollfd{windows_.descriptor(), POLLIN, 0}, pollfd{program_.end_descriptor(), POLLIN, 0}};
    poll(watched.data(), watched.size(), pace);
    if (watched[1].revents != 0) take_input();
    window_changed_ = watched[2].revents != 0;
  }

  bool has_ended() const {
    pollfd ended{.fd = program_.end_descriptor(), .events = POLLIN, .revents = 0};
    return ended.fd >= 0 && poll(&ended, 1, 0) == 1;
  }

  // A program may close its terminal, and go on.
  void take_output() {
    std::array<char, 16384> piece;
    while (!is_silent_) {
      const ssize_t got = read(program_.descriptor(), piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      is_silent_ = got <= 0;  // a pseudo-terminal without its other end answers EIO
      if (is_silent_) return;
      const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
      settle_typed(bytes);
      listener_.shown(bytes);
      show(bytes);
      if (static_cast<std::size_t>(got) < piece.size()) return;
    }
  }

  void show(std::string_view bytes) {
    const std::string plain = out_is_terminal_ ? std::string(bytes) : lines_.take(bytes);
    // Nobody may be reading any more; the program goes on, and so does its recording.
    if (!plain.empty()) write_all(STDOUT_FILENO, plain);
  }

  void take_input() {
    std::array<char, 4096> piece;
    const ssize_t got = read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return end_input();
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    settle_typed("");
    if (program_.echoes().value_or(false)) typed_ = bytes;
    untyped_ += bytes;
    last_typed_ = bytes.back();
  }

  void end_input() {
    input_ended_ = true;
    is_hung_up_ = terminal_.is_one();
    untyped_ += end_of_input;
    // The first one only ends the line that was begun.
    if (last_typed_ != '\n') untyped_ += end_of_input;
  }

  // A program may turn the echo off between a key and its reading it: only what both see is told.
  // One that has ended meanwhile cannot be asked: then what it shows tells whether this was echoed.
  void settle_typed(std::string_view shown) {
    if (typed_.empty()) return;
    const auto echoes = program_.echoes();
    const bool is_shown = !shown.empty() && shown.find(trim(typed_)) != std::string_view::npos;
    if (echoes.value_or(is_shown)) listener_.typed(typed_);
    if (echoes || is_shown || shown.empty()) typed_.clear();
  }

  void feed() {
    while (!untyped_.empty()) {
      const ssize_t count = write(program_.descriptor(), untyped_.data(), untyped_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return;  // not now, or it has ended, which is seen when it is read
      untyped_.erase(0, static_cast<std::size_t>(count));
    }
  }

  void take_window_change() {
    if (!window_changed_) return;
    windows_.take();
    const TerminalSize size = terminal_size();
    if (size == size_) return;
    size_ = size;
    program_.resize(size);
    listener_.resized(size);
  }

  bool tell_the_time() {
    const RelayListener::Moment moment = listener_.moment();
    if (!moment.notice.empty()) {
      const bool is_raw = terminal_.is_one() || out_is_terminal_;
      write_all(STDERR_FILENO, is_raw ? fmt::format("\r\n{}\r\n", moment.notice)
                                      : fmt::format("{}\n", moment.notice));
    }
    return moment.is_over;
  }

  RelayEnd stop(RelayEnd why) {
    program_.end();
    return say_the_rest(time_to_say_the_rest, why);
  }

  // What it started may hold its terminal for ever.
  RelayEnd say_the_rest(Duration patience, RelayEnd why) {
    const Monotonic until = std::chrono::steady_clock::now() + patience;
    for (take_output(); !is_silent_; take_output()) {
      pollfd more{.fd = program_.descriptor(), .events = POLLIN, .revents = 0};
      if (std::chrono::steady_clock::now() >= until || poll(&more, 1, poll_timeout(until)) == 0)
        break;
    }
    return why;
  }

  TerminalProgram& program_;
  const Interrupts& interrupts_;
  const RelayListener& listener_;
  WindowChanges windows_;
  RawTerminal terminal_;
  const bool out_is_terminal_ = isatty(STDOUT_FILENO) == 1;
  PlainLines lines_;
  TerminalSize size_ = terminal_size();
  std::string untyped_;  // goes to the program as it takes it
  std::string typed_;    // of that, what was shown when it was typed
  char last_typed_ = '\n';
  bool input_ended_ = false;
  bool is_hung_up_ = false;
  bool is_silent_ = false;
  bool window_changed_ = false;
};

}  // namespace

TerminalSize terminal_size() {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO})
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
      return {.columns = size.ws_col, .rows = size.ws_row};
  return {};
}

RelayEnd relay(TerminalProgram& program, const Interrupts& interrupts,
               const RelayListener& listener) {
  try {
    return Relay(program, interrupts, listener).run();
  } catch (...) {
    program.end();
    throw;
  }
}

}  // namespace ballast
