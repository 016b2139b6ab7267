// Child processes: argv without a shell, own process group, clean environment, streams apart, a
// deadline, signal and exit status told apart.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace ballast {

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up on PATH of `environment`
  std::map<std::string, std::string>
      environment;             // all that it gets; PATH is added when it is not there
  std::string directory;       // empty: the current one
  std::string input;           // for its stdin, then closed
  Duration deadline{};         // then SIGTERM to the group, 5 s later SIGKILL; zero is an error
  std::vector<int> inherited;  // descriptors it keeps (locks); all others are closed
  std::function<void(std::string_view line, bool is_error)> on_line;  // as lines arrive, optional
  bool private_files = false;  // what it makes can be read by its user only (umask 077)
  // stdout as it comes, without limit; none of it is kept then.
  std::function<void(std::string_view bytes)> on_output;
  std::size_t output_limit = 4u << 20;  // per stream; the rest is read and dropped, `truncated` set
  bool dies_with_us = false;  // SIGTERM when the thread that runs it is gone, however that ended
};

struct Outcome {
  int status = -1;  // exit status; -1 when a signal ended it or it did not start
  int signal = 0;   // the signal that ended it, else 0
  bool timed_out = false;
  bool interrupted = false;  // ended since the operator interrupted Ballast
  bool not_found = false;    // no such program
  bool truncated = false;
  std::string output;
  std::string errors;
  Duration elapsed{};

  bool ok() const { return status == 0 && !timed_out; }
  // "exit status 3", "killed by signal 9 (SIGKILL)", "did not end within 2 min", "not installed"
  std::string reason() const;
};

class Processes {
 public:
  virtual ~Processes() = default;
  virtual Outcome run(const Command& command) = 0;
  // Where on PATH, or as the plain file named; nullopt when it is not installed.
  virtual std::optional<std::string> find(const std::string& program) = 0;
};

}  // namespace ballast
