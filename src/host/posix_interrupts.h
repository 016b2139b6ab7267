#pragma once

#include <atomic>

#include "host/descriptor.h"
#include "host/interrupts.h"

namespace ballast {

// One for each process: it owns the signal handlers and gives back the former ones at its end.
class PosixInterrupts : public Interrupts {
 public:
  PosixInterrupts();
  ~PosixInterrupts() override;
  PosixInterrupts(const PosixInterrupts&) = delete;
  PosixInterrupts& operator=(const PosixInterrupts&) = delete;

  bool requested() const override;
  void hold(bool held) override { held_ = held; }
  bool held() const override { return held_; }

  // For poll: becomes readable with the first interrupt and stays so; -1 while that means nothing.
  int wake_descriptor() const { return held() ? -1 : wake_.get(); }

 private:
  Descriptor wake_;
  std::atomic<bool> held_ = false;
};

}  // namespace ballast
