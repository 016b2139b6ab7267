#include "host/process_facts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "base/text.h"
#include "host/descriptor.h"

namespace ballast {

namespace {

constexpr std::size_t longest_environment = 4 << 20;
constexpr std::size_t enough = 4096;

std::optional<std::string> file_of(long long pid, const char* name, std::size_t limit) {
  const std::string path = fmt::format("/proc/{}/{}", pid, name);
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file ? read_up_to(file.get(), limit) : std::nullopt;
}

}  // namespace

std::optional<std::string> process_variable(long long pid, const std::string& name) {
  const auto text = file_of(pid, "environ", longest_environment);
  if (!text) return std::nullopt;
  for (const std::string& assignment : split(*text, '\0'))
    if (assignment.starts_with(name + "=")) return assignment.substr(name.size() + 1);
  return std::nullopt;
}

std::vector<std::string> process_words(long long pid) {
  std::string text = file_of(pid, "cmdline", longest_environment).value_or("");
  if (text.ends_with('\0')) text.pop_back();
  return text.empty() ? std::vector<std::string>() : split(text, '\0');
}

std::optional<unsigned> process_owner(long long pid) {
  struct stat status {};
  if (stat(fmt::format("/proc/{}", pid).c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

// "1234 (name) S 1 …", where the name may hold anything, also ") S".
std::optional<long long> parent_process(long long pid) {
  const auto text = file_of(pid, "stat", enough);
  const auto end = text ? text->rfind(") ") : std::string::npos;
  if (end == std::string::npos || text->size() < end + 5) return std::nullopt;
  const long long parent = std::strtoll(text->c_str() + end + 4, nullptr, 10);
  return parent > 0 ? std::optional(parent) : std::nullopt;
}

std::optional<unsigned> group_number(const std::string& name) {
  group entry{};
  group* found = nullptr;
  std::array<char, 65536> buffer{};
  if (getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr)
    return std::nullopt;
  return entry.gr_gid;
}

}  // namespace ballast
