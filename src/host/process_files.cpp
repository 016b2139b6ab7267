#include "host/process_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/text.h"
#include "host/descriptor.h"

namespace ballast {

namespace {

constexpr std::size_t longest_file = 4u << 20;

}  // namespace

std::optional<std::string> process_file(long long pid, const char* name) {
  const std::string path = fmt::format("/proc/{}/{}", pid, name);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file ? read_up_to(file.get(), longest_file) : std::nullopt;
}

// "1234 (name) S 1 2 3 …", where the name may hold anything, also ") S".
std::vector<std::string> process_status(long long pid) {
  const auto text = process_file(pid, "stat");
  const auto name_end = text ? text->rfind(") ") : std::string::npos;
  if (name_end == std::string::npos) return {};
  return split_words(std::string_view(*text).substr(name_end + 2));
}

bool has_ended(const std::vector<std::string>& status) {
  return !status.empty() && (status[0] == "Z" || status[0] == "X");
}

}  // namespace ballast
