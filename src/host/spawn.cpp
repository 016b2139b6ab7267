#include "host/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cerrno>

#include "host/posix_error.h"

namespace ballast {

namespace {

enum class Stage : int { parent, streams, directory, descriptors, program };

// What the child says of its failure before it has become the program.
struct Report {
  Stage stage;
  int number;
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> assignments(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> result;
  for (const auto& [name, value] : environment) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

// All that the child needs, made before the fork: after it nothing may be allocated.
struct Preparation {
  explicit Preparation(const SpawnRequest& request)
      : program(request.program.c_str()),
        directory(request.directory.empty() ? nullptr : request.directory.c_str()),
        argv(pointers(request.argv)),
        assigned(assignments(request.environment)),
        environment(pointers(assigned)),
        private_files(request.private_files),
        inherited(request.inherited),
        kept(request.inherited),
        dies_with_us(request.dies_with_us),
        has_terminal(request.terminal >= 0) {
    kept.push_back(report.writer.get());
    std::sort(kept.begin(), kept.end());
  }

  const char* program;
  const char* directory;
  std::vector<char*> argv;
  std::vector<std::string> assigned;
  std::vector<char*> environment;
  Pipe report = make_pipe();
  bool private_files;
  std::vector<int> inherited;
  std::vector<int> kept;  // sorted
  bool dies_with_us;
  bool has_terminal;
  pid_t parent = getpid();
  int input = -1;
  int output = -1;
  int errors = -1;
};

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &former_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t former_;
};

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool close_range_of(unsigned first, unsigned last) {
  return first > last || syscall(SYS_close_range, first, last, 0) == 0;
}

bool close_all_but(const std::vector<int>& kept) {
  unsigned first = STDERR_FILENO + 1;
  for (const int descriptor : kept) {
    const auto number = static_cast<unsigned>(descriptor);
    if (number < first) continue;
    if (!close_range_of(first, number - 1)) return false;
    first = number + 1;
  }
  return close_range_of(first, ~0U);
}

bool keep_on_exec(const std::vector<int>& inherited) {
  return std::all_of(inherited.begin(), inherited.end(),
                     [](int descriptor) { return fcntl(descriptor, F_SETFD, 0) == 0; });
}

[[noreturn]] void give_up(int report, Stage stage) {
  const Report words{stage, errno};
  // Without a reader nobody is left who could be told.
  if (write(report, &words, sizeof words) < 0) _exit(126);
  _exit(127);
}

// A parent that is gone already sends nothing any more.
bool tie_to(pid_t parent) { return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent; }

bool stand_alone(bool has_terminal) { return has_terminal ? setsid() >= 0 : setpgid(0, 0) == 0; }

bool take_streams(const Preparation& ready) {
  return dup2(ready.input, STDIN_FILENO) >= 0 && dup2(ready.output, STDOUT_FILENO) >= 0 &&
         dup2(ready.errors, STDERR_FILENO) >= 0 &&
         (!ready.has_terminal || ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0);
}

// In the child, between fork and exec: only what is safe there, no allocation and no locks.
[[noreturn]] void become(const Preparation& ready) {
  const int report = ready.report.writer.get();
  if (!stand_alone(ready.has_terminal)) give_up(report, Stage::parent);
  if (ready.dies_with_us && !tie_to(ready.parent)) give_up(report, Stage::parent);
  if (!take_streams(ready)) give_up(report, Stage::streams);
  if (!keep_on_exec(ready.inherited) || !close_all_but(ready.kept))
    give_up(report, Stage::descriptors);
  if (ready.directory != nullptr && chdir(ready.directory) != 0) give_up(report, Stage::directory);
  if (ready.private_files) umask(077);
  reset_signals();
  execve(ready.program, ready.argv.data(), ready.environment.data());
  give_up(report, Stage::program);
}

pid_t fork_into(const Preparation& ready) {
  // The handlers of this process must not run in the child before they are reset.
  const BlockedSignals blocked;
  const pid_t pid = fork();
  if (pid == 0) become(ready);
  if (pid < 0) throw system_error("cannot start a process", errno);
  return pid;
}

std::string what_failed(const SpawnRequest& request, Stage stage) {
  if (stage == Stage::directory) return "cannot enter " + request.directory;
  if (stage == Stage::program) return "cannot run " + request.program;
  return "cannot hand its descriptors to " + request.program;
}

// Its end of the pipe closes when the program runs.
void require_running(Preparation& ready, const SpawnRequest& request, pid_t pid) {
  ready.report.writer.close();
  const auto said = read_up_to(ready.report.reader.get(), sizeof(Report));
  if (!said || said->size() != sizeof(Report)) return;
  Report report{};
  std::copy(said->begin(), said->end(), reinterpret_cast<char*>(&report));
  kill_and_reap(pid);
  throw system_error(what_failed(request, report.stage), report.number);
}

void set_nonblocking(const Descriptor& descriptor) {
  if (descriptor) fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);
}

Pipe open_input(bool has_input) {
  if (has_input) return make_pipe();
  Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!nothing) throw system_error("cannot open /dev/null", errno);
  return {std::move(nothing), Descriptor()};
}

Descriptor watch_end_of(pid_t pid) {
  Descriptor ended(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (ended) return ended;
  const int number = errno;
  kill_and_reap(pid);
  throw system_error("cannot watch a process", number);
}

Child spawn_at_terminal(const SpawnRequest& request) {
  Preparation ready(request);
  ready.input = ready.output = ready.errors = request.terminal;
  const pid_t pid = fork_into(ready);
  require_running(ready, request, pid);
  return {.pid = pid, .ended = watch_end_of(pid), .input = {}, .output = {}, .errors = {}};
}

}  // namespace

Child spawn(const SpawnRequest& request) {
  if (request.terminal >= 0) return spawn_at_terminal(request);
  Preparation ready(request);
  Pipe input = open_input(request.has_input);
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  ready.input = input.reader.get();
  ready.output = output.writer.get();
  ready.errors = errors.writer.get();
  const pid_t pid = fork_into(ready);
  require_running(ready, request, pid);
  Child child{.pid = pid,
              .ended = watch_end_of(pid),
              .input = std::move(input.writer),
              .output = std::move(output.reader),
              .errors = std::move(errors.reader)};
  for (const Descriptor* stream : {&child.input, &child.output, &child.errors})
    set_nonblocking(*stream);
  return child;
}

int reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void kill_and_reap(pid_t pid) {
  kill(-pid, SIGKILL);
  reap(pid);
}

}  // namespace ballast
