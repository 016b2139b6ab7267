// A child with its three streams and a descriptor that tells of its end. Private to this room.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "host/descriptor.h"

namespace ballast {

struct Child {
  pid_t pid = -1;
  Descriptor ended;   // pidfd: readable when it has ended
  Descriptor input;   // write end; none when there is no input, its stdin is /dev/null then
  Descriptor output;  // read ends, not blocking
  Descriptor errors;
};

struct SpawnRequest {
  std::string program;  // a path
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string directory;
  std::vector<int> inherited;
  bool has_input = false;
  bool private_files = false;
  bool dies_with_us = false;  // SIGTERM when the thread that spawned it ends
  int terminal = -1;          // its three streams, and what it and its session are controlled by
};

// Own process group (with a terminal: own session), default signals, nothing open but 0, 1, 2 and
// `inherited`. Returns once the program runs; an Error when it cannot be executed.
Child spawn(const SpawnRequest& request);

// How it ended, as waitpid() tells; waits for it. Safe to call once only.
int reap(pid_t pid);
// SIGKILL to all of its group, and its end awaited. Safe to call once only.
void kill_and_reap(pid_t pid);

}  // namespace ballast
