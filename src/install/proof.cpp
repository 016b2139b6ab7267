#include "install/proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "install/system_command.h"

namespace ballast {

namespace {

constexpr const char* sshd = "/usr/sbin/sshd";  // it does not start by another name than its path

std::optional<std::string> complaint(const Outcome& outcome, std::string_view program) {
  if (outcome.ok()) return std::nullopt;
  return fmt::format("{} refuses it: {}", program, failure_text(outcome));
}

}  // namespace

std::optional<std::string> FileProof::before() {
  if (file_.name == sudoers_file) {
    Command check = system_command({"visudo", "-c", "-f", "-"});
    check.input = file_.text;
    return complaint(processes_.run(check), "visudo");
  }
  if (file_.name == sshd_file) {
    const Outcome outcome = processes_.run(system_command({sshd, "-t"}));
    if (!outcome.ok())
      unknown_ = fmt::format("not checked: sshd -t failed before: {}", failure_text(outcome));
  }
  return std::nullopt;
}

std::optional<std::string> FileProof::after() {
  if (file_.name == sudoers_file)
    return complaint(processes_.run(system_command({"visudo", "-c"})), "visudo -c");
  return file_.name == sshd_file && unknown_.empty() ? sshd_complaint() : std::nullopt;
}

// That it is right is not enough: it has to hold for the deploy user.
std::optional<std::string> FileProof::sshd_complaint() {
  if (auto refused = complaint(processes_.run(system_command({sshd, "-t"})), "sshd -t"))
    return refused;
  const std::string whom = fmt::format("user={},host=localhost,addr=127.0.0.1", deploy_user);
  const Outcome outcome = processes_.run(system_command({sshd, "-T", "-C", whom}));
  const std::string wanted = fmt::format("authorizedkeysfile {}", deploy_keys);
  const auto lines = split_lines(outcome.output);
  if (std::ranges::find(lines, wanted) != lines.end()) return std::nullopt;
  return "sshd does not heed it: `Include /etc/ssh/sshd_config.d/*.conf` has to be the first line "
         "of /etc/ssh/sshd_config, and no file there before it may match that user";
}

}  // namespace ballast
