#include "host/posix_error.h"

#include <cctype>
#include <cerrno>
#include <cstring>

namespace ballast {

std::string error_text(int number) {
  const char* description = strerrordesc_np(number);
  if (description == nullptr) return "error " + std::to_string(number);
  std::string text = description;
  // "No space left" reads on after a colon as "no space left"; "RFS specific error" stays.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Error system_error(const std::string& what, int number) {
  // The kernel makes a file system read-only by itself when its disk fails.
  constexpr const char* read_only =
      "see why in the kernel's log, then mount it for writing: dmesg | tail; findmnt --options ro";
  return {Kind::failed, what + ": " + error_text(number), number == EROFS ? read_only : ""};
}

Error symlink_error(const std::string& path) {
  return {Kind::refused, path + " is a symbolic link",
          "put the file itself there; Ballast writes nothing through a link"};
}

}  // namespace ballast
