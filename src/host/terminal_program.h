// A program at the far end of a pseudo-terminal, wherever it runs.
#pragma once

#include <optional>

namespace ballast {

struct TerminalSize {
  int columns = 80;
  int rows = 24;

  bool operator==(const TerminalSize&) const = default;
};

class TerminalProgram {
 public:
  virtual ~TerminalProgram() = default;
  // What it shows is read here, and what is typed is written; never blocks. Its end is the end.
  virtual int descriptor() const = 0;
  // Readable once the program has ended, though what it started may still hold its terminal; -1:
  // the other descriptor tells.
  virtual int end_descriptor() const = 0;
  // Whether its terminal shows what is typed now; nullopt where nobody can tell, as of one that
  // has ended.
  virtual std::optional<bool> echoes() = 0;
  virtual void resize(const TerminalSize& size) = 0;
  // It, and all that it started.
  virtual void end() = 0;
  // Waits for its end. 128 and the signal that ended it, as a shell tells it.
  virtual int status() = 0;
};

}  // namespace ballast
