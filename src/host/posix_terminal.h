#pragma once

#include "host/posix_interrupts.h"
#include "host/terminal.h"

namespace ballast {

class PosixTerminal : public Terminal {
 public:
  explicit PosixTerminal(const PosixInterrupts& interrupts) : interrupts_(interrupts) {}
  bool out_is_terminal() override;
  bool error_is_terminal() override;
  bool in_is_terminal() override;
  int columns() override;
  Written out(std::string_view text) override;
  void error(std::string_view text) override;
  std::optional<std::string> ask(std::string_view question) override;

 private:
  bool await_input() const;
  std::optional<std::string> read_line() const;

  const PosixInterrupts& interrupts_;
};

}  // namespace ballast
