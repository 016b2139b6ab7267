#pragma once

#include "host/posix_interrupts.h"
#include "host/processes.h"

namespace ballast {

class PosixProcesses : public Processes {
 public:
  explicit PosixProcesses(const PosixInterrupts& interrupts) : interrupts_(interrupts) {}
  Outcome run(const Command& command) override;
  std::optional<std::string> find(const std::string& program) override;

 private:
  const PosixInterrupts& interrupts_;
};

}  // namespace ballast
