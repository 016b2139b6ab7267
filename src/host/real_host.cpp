#include <fcntl.h>
#include <unistd.h>

#include "host/curl_http.h"
#include "host/host.h"
#include "host/posix_clock.h"
#include "host/posix_disk.h"
#include "host/posix_interrupts.h"
#include "host/posix_locks.h"
#include "host/posix_machine.h"
#include "host/posix_processes.h"
#include "host/posix_terminal.h"
#include "host/posix_trees.h"
#include "host/tar_archives.h"
#include "host/zip_archives.h"

namespace ballast {

namespace {

// Were one of 0, 1 and 2 closed, the next file opened would get its number and what is printed.
void require_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(number, F_GETFD) < 0) static_cast<void>(open("/dev/null", O_RDWR));
}

}  // namespace

struct RealHost::Parts {
  PosixInterrupts interrupts;
  PosixDisk disk;
  PosixProcesses processes{interrupts};
  PosixClock clock{interrupts};
  CurlHttp http;
  PosixLocks locks;
  PosixMachine machine;
  PosixTerminal terminal{interrupts};
  PosixTrees trees;
  TarArchives archives;
  ZipArchives zips;
  Host host{.disk = disk,
            .processes = processes,
            .clock = clock,
            .http = http,
            .locks = locks,
            .interrupts = interrupts,
            .machine = machine,
            .terminal = terminal,
            .trees = trees,
            .archives = archives,
            .zips = zips};
};

RealHost::RealHost() {
  require_standard_descriptors();
  parts_ = std::make_unique<Parts>();
}
RealHost::~RealHost() = default;
Host& RealHost::get() { return parts_->host; }

}  // namespace ballast
