// Between the terminal (or the pipes) that Ballast was started at and a program under a
// pseudo-terminal: what is typed goes there, what it shows comes back, and both are told to a
// listener.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "host/interrupts.h"
#include "host/terminal_program.h"

namespace ballast {

struct RelayListener {
  std::function<void(std::string_view bytes)> shown;
  // What was typed, where the program's terminal shows it: never a password.
  std::function<void(std::string_view bytes)> typed;
  std::function<void(const TerminalSize& size)> resized;
  struct Moment {
    std::string notice;  // a line for who sits there; empty: none
    bool is_over = false;
  };
  std::function<Moment()> moment;  // asked at least twice a second
};

enum class RelayEnd {
  ended,        // the program, by itself
  over,         // its time: it was ended
  interrupted,  // by SIGINT or SIGTERM to Ballast: it was ended
  hung_up,      // the terminal is gone: it was ended
};

// The size of the terminal that Ballast was started at; 80x24 without one.
TerminalSize terminal_size();

// Until the program has ended. Without a terminal its end of input is typed as Ctrl-D, and lines
// come out with plain line feeds. What a listener throws ends the program, and comes out.
RelayEnd relay(TerminalProgram& program, const Interrupts& interrupts,
               const RelayListener& listener);

}  // namespace ballast
