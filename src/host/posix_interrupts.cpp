#include "host/posix_interrupts.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/error.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

std::atomic<int> interrupt_count = 0;
std::atomic<int> wake_number = -1;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler uses them");

void on_interrupt(int) {
  const int saved = errno;
  if (interrupt_count.fetch_add(1) > 0) _exit(exit_status(Kind::interrupted));
  const std::uint64_t one = 1;
  // A failure cannot be told from here, and the flag is set.
  if (write(wake_number, &one, sizeof one) < 0) errno = saved;
  errno = saved;
}

// A handler and not SIG_IGN: children would inherit that.
void on_hang_up(int) {}

struct Handled {
  int signal;
  void (*handler)(int);
};

// SIGCHLD: were it ignored, as some parents leave it, no exit status of a child could be had.
const std::array<Handled, 5> handled{{{SIGINT, on_interrupt},
                                      {SIGTERM, on_interrupt},
                                      {SIGHUP, on_hang_up},
                                      {SIGPIPE, SIG_IGN},
                                      {SIGCHLD, SIG_DFL}}};
std::array<struct sigaction, handled.size()> former;

void install(const Handled& wanted, struct sigaction& before) {
  struct sigaction action {};
  action.sa_handler = wanted.handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(wanted.signal, &action, &before);
}

}  // namespace

PosixInterrupts::PosixInterrupts() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) throw system_error("cannot make an event descriptor", errno);
  interrupt_count = 0;
  wake_number = wake_.get();
  for (std::size_t index = 0; index < handled.size(); ++index)
    install(handled.at(index), former.at(index));
}

PosixInterrupts::~PosixInterrupts() {
  for (std::size_t index = 0; index < handled.size(); ++index)
    sigaction(handled.at(index).signal, &former.at(index), nullptr);
  wake_number = -1;
}

bool PosixInterrupts::requested() const { return interrupt_count > 0; }

}  // namespace ballast
