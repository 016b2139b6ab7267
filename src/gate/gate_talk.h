// What goes over the gate's socket; described in docs/formats.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ballast {

inline constexpr std::string_view gate_schema = "ballast.gate/1";

struct GateQuestion {
  std::string key;      // as the command line names it
  std::string command;  // the bytes that came
};

// With its line break.
std::string question_text(const GateQuestion& question);
std::optional<GateQuestion> parse_question(std::string_view line);

// One line of an answer: words for stdout or stderr, a sign of life, or how it ended.
struct GateSaying {
  enum class Kind { out, error, alive, exit };
  Kind kind = Kind::alive;
  std::string line;
  int status = 0;
};

std::string saying_text(const GateSaying& saying);
std::optional<GateSaying> parse_saying(std::string_view line);

}  // namespace ballast
