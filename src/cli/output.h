// What goes to the terminal. stdout holds the answer (with --json exactly one object), stderr the
// rest.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "host/terminal.h"

namespace ballast {

enum class Colour { plain, red, green, yellow, cyan, dim, bold };

std::string painted(Colour colour, std::string_view text);

struct OutputStyle {
  bool quiet = false;
  bool json = false;
  bool colour = true;  // wanted; used only on a terminal
};

class Output {
 public:
  Output(Terminal& terminal, OutputStyle style);

  const OutputStyle& style() const { return style_; }
  bool to_terminal();     // stdout
  int columns();          // of stdout; 0: as wide as it likes (a file, a pipe)
  bool colours();         // stdout
  bool colours_errors();  // stderr
  std::string paint(Colour colour, std::string_view text);  // for stdout

  // The answer. A closed pipe (`ballast history | head`) ends the printing, not the program.
  void text(std::string_view text);
  void line(std::string_view line);
  void json(const Json& json);
  void remark(std::string_view line);  // on stdout; nothing with --quiet
  void note(std::string_view line);    // on stderr; nothing with --quiet
  // On stderr, and with --json as an object on stdout as well. Returns the exit status.
  int error(const Error& error);
  // The exit status, after what was printed: 1 when an answer got lost on a full disk.
  int finished(int status);

 private:
  Terminal& terminal_;
  OutputStyle style_;
  Terminal::Written written_ = Terminal::Written::all;
};

Json text_or_null(const std::string& text);  // null when it is empty
Json error_json(const Error& error);
std::string_view kind_name(Kind kind);

}  // namespace ballast
