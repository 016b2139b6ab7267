// Everything outside the program, in one place; passed down by reference, replaced whole in tests.
#pragma once

#include <memory>
#include <string>

#include "host/archives.h"
#include "host/clock.h"
#include "host/disk.h"
#include "host/http.h"
#include "host/interrupts.h"
#include "host/locks.h"
#include "host/machine.h"
#include "host/processes.h"
#include "host/terminal.h"
#include "host/trees.h"
#include "host/zips.h"

namespace ballast {

struct Host {
  Disk& disk;
  Processes& processes;
  Clock& clock;
  Http& http;
  Locks& locks;
  Interrupts& interrupts;
  Machine& machine;
  Terminal& terminal;
  Trees& trees;
  Archives& archives;
  Zips& zips;

  // The same one with another way to ask over HTTP.
  Host with(Http& other) const {
    return {disk,    processes, clock, other,    locks, interrupts,
            machine, terminal,  trees, archives, zips};
  }
};

// The real one. Installs the signal handlers; one for each process.
class RealHost {
 public:
  RealHost();
  ~RealHost();
  Host& get();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ballast
