#include "host/posix_processes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "host/supervision.h"

namespace ballast {

namespace {

constexpr const char* usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_program(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

// A relative path counts from the folder in which the program is to run.
std::string from_directory(const std::string& program, const std::string& directory) {
  const bool as_it_is = program.starts_with('/') || directory.empty();
  return as_it_is ? program : directory + "/" + program;
}

std::optional<std::string> look_up(const std::string& program, const std::string& path) {
  if (program.empty()) return std::nullopt;
  for (const std::string& folder : split(path, ':')) {
    const std::string candidate = fmt::format("{}/{}", folder, program);
    if (folder.starts_with('/') && is_program(candidate)) return candidate;
  }
  return std::nullopt;
}

// A path is taken as it is when it exists: that it cannot be run is another answer than that it
// is not there.
std::optional<std::string> locate(const Command& command, const std::string& path) {
  const std::string& program = command.argv.front();
  if (program.find('/') == std::string::npos) return look_up(program, path);
  const std::string place = from_directory(program, command.directory);
  if (access(place.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return std::nullopt;
  return program.starts_with('/') || command.directory.empty() ? program : place;
}

void require_runnable(const Command& command) {
  if (command.argv.empty()) throw Error(Kind::failed, "a command without words cannot be run");
  if (command.deadline <= Duration::zero())
    throw Error(Kind::failed, command.argv.front() + " cannot be run without a deadline");
  for (const std::string& word : command.argv)
    if (word.find('\0') != std::string::npos)
      throw Error(Kind::failed, "a word for " + command.argv.front() + " holds a zero byte");
}

std::string absolute(const std::string& path) {
  char* real = path.starts_with('/') ? nullptr : realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string result = real;
  free(real);
  return result;
}

std::string signal_text(int number) {
  const char* name = sigabbrev_np(number);
  if (name == nullptr) return fmt::format("killed by signal {}", number);
  return fmt::format("killed by signal {} (SIG{})", number, name);
}

}  // namespace

std::string Outcome::reason() const {
  if (not_found) return "not installed";
  if (interrupted) return "interrupted";
  if (timed_out) return "did not end within " + human_duration(elapsed);
  if (signal != 0) return signal_text(signal);
  return fmt::format("exit status {}", status);
}

Outcome PosixProcesses::run(const Command& command) {
  require_runnable(command);
  auto environment = command.environment;
  const std::string path = environment.try_emplace("PATH", usual_path).first->second;
  const auto program = locate(command, path);
  Outcome outcome;
  outcome.not_found = !program;
  outcome.interrupted = program && interrupts_.cuts_short();
  if (outcome.not_found || outcome.interrupted) return outcome;
  return supervise(command,
                   spawn({.program = absolute(*program),
                          .argv = command.argv,
                          .environment = environment,
                          .directory = command.directory,
                          .inherited = command.inherited,
                          .has_input = !command.input.empty(),
                          .private_files = command.private_files,
                          .dies_with_us = command.dies_with_us}),
                   interrupts_);
}

std::optional<std::string> PosixProcesses::find(const std::string& program) {
  if (program.find('/') != std::string::npos)
    return is_program(program) ? std::optional(program) : std::nullopt;
  const char* path = std::getenv("PATH");
  return look_up(program, path == nullptr ? usual_path : path);
}

}  // namespace ballast
