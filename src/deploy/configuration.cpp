#include "deploy/configuration.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string> files_of(const Stack& stack) {
  std::vector<std::string> files{stack.compose_path};
  if (stack.override_path) files.push_back(*stack.override_path);
  files.push_back(stack.policy_path);
  files.push_back(stack.env_path);
  return files;
}

std::string masked_variables(const Stack& stack, const std::string& text) {
  std::string shown;
  for (const std::string& line : split_lines(text)) {
    const std::size_t equals = line.find('=');
    const bool secret = equals != std::string::npos &&
                        names_a_secret(trim(std::string_view(line).substr(1, equals - 1)));
    shown += secret ? line.substr(0, equals + 1) + "***" : stack.secrets.mask(line);
    shown += '\n';
  }
  return shown;
}

}  // namespace

std::vector<FileChange> changes_to(Server& server, const Stack& stack, const std::string& copies) {
  std::vector<FileChange> changes;
  if (copies.empty() || server.host.disk.list(copies).empty()) return changes;
  for (const std::string& path : files_of(stack)) {
    const std::string copy = copies + "/" + file_name(path);
    const auto wanted = server.host.disk.read(copy);
    const auto present = server.host.disk.read(path);
    if (wanted == present) continue;
    changes.push_back({.path = path, .copy = wanted ? copy : ""});
  }
  return changes;
}

std::string difference(Server& server, const Stack& stack, const std::vector<FileChange>& changes) {
  std::string text;
  for (const FileChange& change : changes) {
    const std::string to = change.copy.empty() ? "/dev/null" : change.copy;
    const bool present = server.host.disk.info(change.path).has_value();
    const Outcome outcome =
        server.host.processes.run({.argv = {"diff", "-u", "--label", file_name(change.path),
                                            "--label", file_name(change.path) + " (of the release)",
                                            "--", present ? change.path : "/dev/null", to},
                                   .environment = {{"LC_ALL", "C"}},
                                   .directory = {},
                                   .input = {},
                                   .deadline = std::chrono::seconds(20),
                                   .inherited = {},
                                   .on_line = {}});
    text += outcome.status == 1
                ? masked_variables(stack, outcome.output)
                : fmt::format("{} differs ({})\n", file_name(change.path), outcome.reason());
  }
  return text;
}

void put_in_place(Server& server, const std::vector<FileChange>& changes) {
  for (const FileChange& change : changes) {
    if (change.copy.empty()) {
      server.host.disk.remove(change.path);
      continue;
    }
    const auto text = server.host.disk.read(change.copy);
    if (!text) throw Error(Kind::failed, fmt::format("the copy {} is gone", change.copy));
    server.host.disk.replace(change.path, *text, file_name(change.path) == ".env" ? 0600 : 0644);
  }
}

}  // namespace ballast
