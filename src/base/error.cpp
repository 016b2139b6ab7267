#include "base/error.h"

#include <utility>

namespace ballast {

Error::Error(Kind kind, std::string message, std::string hint)
    : kind_(kind), message_(std::move(message)), hint_(std::move(hint)) {}

Error& Error::add_context(std::string line) {
  context_.push_back(std::move(line));
  return *this;
}

Error Error::with_kind(Kind kind) const {
  Error copy = *this;
  copy.kind_ = kind;
  return copy;
}

std::string Error::text() const {
  std::string text = "error: " + message_ + "\n";
  for (const std::string& line : context_) text += "  " + line + "\n";
  if (!hint_.empty()) text += "hint: " + hint_ + "\n";
  return text;
}

int exit_status(Kind kind) { return static_cast<int>(kind); }

}  // namespace ballast
