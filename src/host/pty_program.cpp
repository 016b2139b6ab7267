#include "host/pty_program.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "host/descriptor.h"
#include "host/marked_processes.h"
#include "host/posix_error.h"
#include "host/spawn.h"
#include "host/terminal_echo.h"

namespace ballast {

namespace {

constexpr Duration time_to_end = std::chrono::seconds(5);
constexpr int signalled = 128;

void set_size(const Descriptor& terminal, const TerminalSize& size) {
  const winsize wanted{.ws_row = static_cast<unsigned short>(size.rows),
                       .ws_col = static_cast<unsigned short>(size.columns),
                       .ws_xpixel = 0,
                       .ws_ypixel = 0};
  ioctl(terminal.get(), TIOCSWINSZ, &wanted);
}

Descriptor open_near_end() {
  Descriptor near(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!near || grantpt(near.get()) != 0 || unlockpt(near.get()) != 0)
    throw system_error("cannot make a pseudo-terminal", errno);
  return near;
}

Descriptor open_far_end(const Descriptor& near) {
  std::array<char, 64> name{};
  if (ptsname_r(near.get(), name.data(), name.size()) != 0)
    throw system_error("cannot find the pseudo-terminal", errno);
  Descriptor far(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!far) throw system_error("cannot open the pseudo-terminal", errno);
  return far;
}

class PtyProgram : public TerminalProgram {
 public:
  PtyProgram(const PtyRequest& request, Descriptor near, const Descriptor& far)
      : near_(std::move(near)),
        child_(spawn({.program = request.argv.front(),
                      .argv = request.argv,
                      .environment = request.environment,
                      .directory = request.directory,
                      .inherited = {},
                      .terminal = far.get()})),
        mark_(request.mark) {
    fcntl(near_.get(), F_SETFL, O_NONBLOCK);
  }
  PtyProgram(const PtyProgram&) = delete;
  PtyProgram& operator=(const PtyProgram&) = delete;
  ~PtyProgram() override {
    if (!status_) kill_and_reap(child_.pid);
  }

  int descriptor() const override { return near_.get(); }
  int end_descriptor() const override { return child_.ended.get(); }
  std::optional<bool> echoes() override { return terminal_echoes(near_.get()); }
  void resize(const TerminalSize& size) override { set_size(near_, size); }
  void end() override { end_marked_processes(mark_, time_to_end); }

  int status() override {
    if (!status_) status_ = reap(child_.pid);
    return WIFSIGNALED(*status_) ? signalled + WTERMSIG(*status_) : WEXITSTATUS(*status_);
  }

 private:
  Descriptor near_;
  Child child_;
  std::string mark_;
  std::optional<int> status_;
};

}  // namespace

std::unique_ptr<TerminalProgram> start_at_terminal(const PtyRequest& request) {
  Descriptor near = open_near_end();
  const Descriptor far = open_far_end(near);
  set_size(near, request.size);
  return std::make_unique<PtyProgram>(request, std::move(near), far);
}

}  // namespace ballast
