#include "host/supervision.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>

#include "host/output_stream.h"
#include "host/posix_clock.h"

namespace ballast {

namespace {

constexpr Duration time_to_end = std::chrono::seconds(5);
// A grandchild may keep a stream open for ever; what is in the pipe is read, no more.
constexpr Duration time_after_end = std::chrono::milliseconds(200);

Monotonic monotonic_now() { return std::chrono::steady_clock::now(); }

OutputStream::Listener listener_for(const Command& command, bool is_error) {
  if (!command.on_line) return nullptr;
  return [&command, is_error](std::string_view line) { command.on_line(line, is_error); };
}

class Supervision {
 public:
  Supervision(const Command& command, Child child, const PosixInterrupts& interrupts)
      : interrupts_(interrupts),
        child_(std::move(child)),
        output_(std::move(child_.output), command.output_limit, listener_for(command, false),
                command.on_output),
        errors_(std::move(child_.errors), command.output_limit, listener_for(command, true)),
        input_(command.input),
        act_at_(began_ + command.deadline) {}
  Supervision(const Supervision&) = delete;
  Supervision& operator=(const Supervision&) = delete;
  ~Supervision() {
    if (!reaped_) kill_and_reap(child_.pid);
  }

  Outcome watch() {
    while (!has_ended()) {
      wait_for_something();
      exchange();
      if (!has_ended()) act_when_due();
    }
    drain();
    reap();
    outcome_.output = std::move(output_.kept());
    outcome_.errors = std::move(errors_.kept());
    outcome_.truncated = output_.truncated() || errors_.truncated();
    outcome_.elapsed = std::chrono::duration_cast<Duration>(monotonic_now() - began_);
    return std::move(outcome_);
  }

 private:
  enum class Stage { running, asked_to_end, killed };

  bool has_ended() const {
    pollfd ended{.fd = child_.ended.get(), .events = POLLIN, .revents = 0};
    return poll(&ended, 1, 0) == 1;
  }

  void wait_for_something() const {
    const int interrupt = stage_ == Stage::running ? interrupts_.wake_descriptor() : -1;
    std::array<pollfd, 5> watched{
        pollfd{child_.ended.get(), POLLIN, 0}, pollfd{output_.number(), POLLIN, 0},
        pollfd{errors_.number(), POLLIN, 0}, pollfd{child_.input.get(), POLLOUT, 0},
        pollfd{interrupt, POLLIN, 0}};
    poll(watched.data(), watched.size(), poll_timeout(act_at_));
  }

  void exchange() {
    feed();
    output_.take();
    errors_.take();
  }

  void feed() {
    while (child_.input && !input_.empty()) {
      const ssize_t count = write(child_.input.get(), input_.data(), input_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      // It does not read on; its exit status tells whether that is wrong.
      if (count < 0) break;
      input_.remove_prefix(static_cast<std::size_t>(count));
    }
    child_.input.close();
  }

  void act_when_due() {
    const bool due = monotonic_now() >= act_at_;
    if (stage_ == Stage::running && interrupts_.cuts_short()) {
      outcome_.interrupted = true;
      advance(Stage::asked_to_end, SIGTERM);
    } else if (stage_ == Stage::running && due) {
      outcome_.timed_out = true;
      advance(Stage::asked_to_end, SIGTERM);
    } else if (due) {
      advance(Stage::killed, SIGKILL);
    }
  }

  void advance(Stage stage, int signal) {
    stage_ = stage;
    act_at_ = monotonic_now() + time_to_end;
    kill(-child_.pid, signal);
  }

  // Others of its group get the same five seconds when they were asked to end as well.
  void drain() {
    const auto until = stage_ == Stage::running ? monotonic_now() + time_after_end : act_at_;
    exchange();
    while ((output_.is_open() || errors_.is_open()) && monotonic_now() < until) {
      std::array<pollfd, 2> watched{pollfd{output_.number(), POLLIN, 0},
                                    pollfd{errors_.number(), POLLIN, 0}};
      poll(watched.data(), watched.size(), poll_timeout(until));
      exchange();
    }
    output_.close();
    errors_.close();
  }

  void reap() {
    // Not yet reaped, it keeps the number of its group from being used again.
    if (stage_ != Stage::running) kill(-child_.pid, SIGKILL);
    const int status = ballast::reap(child_.pid);
    reaped_ = true;
    if (WIFEXITED(status)) outcome_.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
  }

  const PosixInterrupts& interrupts_;
  Child child_;
  OutputStream output_;
  OutputStream errors_;
  std::string_view input_;
  Outcome outcome_;
  Stage stage_ = Stage::running;
  bool reaped_ = false;
  Monotonic began_ = monotonic_now();
  Monotonic act_at_;
};

}  // namespace

Outcome supervise(const Command& command, Child child, const PosixInterrupts& interrupts) {
  return Supervision(command, std::move(child), interrupts).watch();
}

}  // namespace ballast
