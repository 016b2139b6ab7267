#include "host/process_facts.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "base/text.h"
#include "host/process_files.h"

namespace ballast {

std::optional<std::string> process_variable(long long pid, const std::string& name) {
  const auto text = process_file(pid, "environ");
  if (!text) return std::nullopt;
  for (const std::string& assignment : split(*text, '\0'))
    if (assignment.starts_with(name + "=")) return assignment.substr(name.size() + 1);
  return std::nullopt;
}

std::vector<std::string> process_words(long long pid) {
  std::string text = process_file(pid, "cmdline").value_or("");
  if (text.ends_with('\0')) text.pop_back();
  return text.empty() ? std::vector<std::string>() : split(text, '\0');
}

std::optional<unsigned> process_owner(long long pid) {
  struct stat status {};
  if (stat(fmt::format("/proc/{}", pid).c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

std::optional<long long> parent_process(long long pid) {
  const auto status = process_status(pid);
  const long long parent = status.size() > 1 ? std::atoll(status[1].c_str()) : 0;
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
