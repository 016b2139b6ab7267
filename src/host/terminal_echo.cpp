#include "host/terminal_echo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>

#include <array>

#include "host/descriptor.h"

namespace ballast {

bool terminal_echoes(int descriptor) {
  termios settings{};
  return tcgetattr(descriptor, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

// Closed at once: whoever holds a terminal open keeps its other end from seeing the end.
std::optional<bool> terminal_of_process_echoes(long long pid) {
  for (const int stream : std::array{0, 1, 2}) {
    const std::string path = fmt::format("/proc/{}/fd/{}", pid, stream);
    const Descriptor terminal(open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    termios settings{};
    if (terminal && tcgetattr(terminal.get(), &settings) == 0)
      return (settings.c_lflag & ECHO) != 0;
  }
  return std::nullopt;
}

}  // namespace ballast
