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
  virtual int columns() = 0;  // 80 when unknown
  // A closed pipe is somebody who has seen enough; a full disk loses what was asked for.
  enum class Written { all, nobody_reads, lost };
  virtual Written out(std::string_view text) = 0;
  virtual void error(std::string_view text) = 0;
  virtual std::optional<std::string> ask(
      std::string_view question) = 0;  // nullopt without a terminal
};

}  // namespace ballast
