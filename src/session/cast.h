// asciicast v2: a terminal session as lines of JSON, which asciinema plays. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "host/terminal_program.h"

namespace ballast {

struct CastHeader {
  TerminalSize size;
  Time began{};
  std::string command;
  std::string title;
  std::string terminal;  // TERM
};

std::string cast_header(const CastHeader& header);

// What happened, each as one line. `at`: since it began.
class CastEvents {
 public:
  std::string shown(Duration at, std::string_view bytes);
  std::string typed(Duration at, std::string_view bytes);
  std::string resized(Duration at, const TerminalSize& size);
  std::string marked(Duration at, std::string_view text);

 private:
  std::string cut_;  // the first bytes of a character whose others have not come yet
};

}  // namespace ballast
