#include "host/posix_terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "host/descriptor.h"

namespace ballast {

namespace {

constexpr int usual_columns = 80;

// A terminal or pipe shared with another program may be set not to block.
bool await_room(int descriptor) {
  pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return poll(&room, 1, -1) >= 0 || errno == EINTR;
}

Terminal::Written write_patiently(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count >= 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN && await_room(descriptor))
      continue;
    else if (errno != EINTR)
      return errno == EPIPE ? Terminal::Written::nobody_reads : Terminal::Written::lost;
  }
  return Terminal::Written::all;
}

}  // namespace

bool PosixTerminal::out_is_terminal() { return isatty(STDOUT_FILENO) == 1; }
bool PosixTerminal::error_is_terminal() { return isatty(STDERR_FILENO) == 1; }
bool PosixTerminal::in_is_terminal() { return isatty(STDIN_FILENO) == 1; }

int PosixTerminal::columns() {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO})
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return usual_columns;
}

Terminal::Written PosixTerminal::out(std::string_view text) {
  return write_patiently(STDOUT_FILENO, text);
}
void PosixTerminal::error(std::string_view text) { write_patiently(STDERR_FILENO, text); }

std::optional<std::string> PosixTerminal::ask(std::string_view question) {
  if (!in_is_terminal()) return std::nullopt;
  error(question);
  return read_line();
}

// False when the operator interrupted instead of answering.
bool PosixTerminal::await_input() const {
  while (!interrupts_.cuts_short()) {
    std::array<pollfd, 2> watched{pollfd{STDIN_FILENO, POLLIN, 0},
                                  pollfd{interrupts_.wake_descriptor(), POLLIN, 0}};
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return false;
    if (watched[0].revents != 0) return true;
  }
  return false;
}

std::optional<std::string> PosixTerminal::read_line() const {
  std::string line;
  while (await_input()) {
    char letter = 0;
    const ssize_t count = read(STDIN_FILENO, &letter, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (letter == '\n') return line;
    line += letter;
  }
  return std::nullopt;
}

}  // namespace ballast
