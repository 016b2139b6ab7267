// SIGINT and SIGTERM ask for an orderly return; a second one ends the process at once with status
// 130. SIGHUP is noted and does not stop anything; SIGPIPE is ignored.
#pragma once

#include "base/time.h"

namespace ballast {

class Interrupts {
 public:
  virtual ~Interrupts() = default;
  virtual bool requested() const = 0;
  // While undoing, sleeps and children are no longer cut short by the first interrupt.
  virtual void hold(bool held) = 0;
  virtual bool held() const = 0;

  // True when what is waiting should stop waiting.
  bool cuts_short() const { return requested() && !held(); }
};

}  // namespace ballast
