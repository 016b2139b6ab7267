#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ballast {

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual bool out_is_terminal() = 0;    // stdout
  virtual bool error_is_terminal() = 0;  // stderr
  virtual bool in_is_terminal() = 0;
  virtual int columns() = 0;                    // 80 when unknown
  virtual bool out(std::string_view text) = 0;  // false when it could not be written (closed pipe)
  virtual bool error(std::string_view text) = 0;
  virtual std::optional<std::string> ask(
      std::string_view question) = 0;  // nullopt without a terminal
};

}  // namespace ballast
