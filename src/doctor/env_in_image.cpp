#include <fmt/format.h>

#include <algorithm>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

bool takes_env(const std::string& source, std::string_view docker_ignore) {
  if (source == ".env" || source == "./.env") return true;
  const bool takes_all = source == "." || source == "./" || source == "*" || source == ".env*";
  return takes_all && !is_ignored(docker_ignore, ".env");
}

}  // namespace

Findings env_in_image(const StackSeen& stack) {
  if (!stack.dockerfile.value) return {not_known("Dockerfile", stack.dockerfile.trouble)};
  if (!*stack.dockerfile.value) return {};
  const TextFile& file = **stack.dockerfile.value;
  Findings findings;
  for (const Instruction& one : instructions_of(file.text)) {
    if ((one.name != "copy" && one.name != "add") || one.words.size() < 2) continue;
    const auto taken = std::find_if(
        one.words.begin(), one.words.end() - 1,
        [&](const std::string& source) { return takes_env(source, stack.docker_ignore); });
    if (taken == one.words.end() - 1) continue;
    findings.push_back(
        {.subject = fmt::format("{}:{}", file.path, one.line),
         .what = fmt::format("`{}` takes .env into the image, and so its passwords to everyone who "
                             "may pull it",
                             *taken),
         .mend = fmt::format("echo .env >> {}/.dockerignore\n"
                             "and copy what is needed by its name; then change the passwords",
                             stack.directory)});
  }
  return findings;
}

}  // namespace ballast::doctor
