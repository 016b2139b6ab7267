#include "install/plan_accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

// Who is in one of them is root, or as good as root.
constexpr std::array<std::string_view, 8> strong_groups{"disk", "docker", "libvirt", "lxd",
                                                        "root", "shadow", "sudo",    "wheel"};

const std::string user(deploy_user);
const std::string group(group_of_gate);

bool is_strong(const std::string& name) {
  return std::ranges::find(strong_groups, name) != strong_groups.end();
}

std::vector<std::string> reasons_against(const DeployAccount& account) {
  std::vector<std::string> reasons;
  if (account.id == 0) reasons.emplace_back("it is root");
  std::vector<std::string> strong;
  std::ranges::copy_if(account.groups, std::back_inserter(strong), is_strong);
  for (const std::string& name : strong) reasons.push_back(fmt::format("it is in group {}", name));
  return reasons;
}

std::string hint_against(const DeployAccount& account) {
  std::vector<std::string> commands;
  for (const std::string& name : account.groups)
    if (is_strong(name)) commands.push_back(fmt::format("gpasswd -d {} {}", user, name));
  return commands.empty() ? fmt::format("give that account another name than {}", user)
                          : fmt::format("`{}`", join(commands, " && "));
}

InstallPart group_part(const ObservedServer& observed) {
  InstallPart part{.kind = InstallPartKind::group, .name = group};
  if (observed.gate_group) return part;
  part.state = InstallState::made;
  part.commands = {{"groupadd", "--system", group}};
  return part;
}

// Its home is a folder that it cannot write, so that nothing in it counts. No password opens it;
// `*` and not `!`, which sshd without PAM takes for an account that is locked altogether.
InstallPart new_user(InstallPart part) {
  part.state = InstallState::made;
  part.commands = {{"useradd", "--system", "--no-log-init", "--no-create-home", "--home-dir", "/",
                    "--gid", group, "--shell", "/bin/sh", "--password", "*", "--comment",
                    "Deploys through ballast gate", user}};
  return part;
}

InstallPart user_part(const ObservedServer& observed) {
  InstallPart part{.kind = InstallPartKind::user, .name = user};
  if (!observed.deploy) return new_user(std::move(part));
  const auto reasons = reasons_against(*observed.deploy);
  if (!reasons.empty()) {
    part.note =
        fmt::format("{}: its keys would be good for more than the gate", join(reasons, ", "));
    part.hint = hint_against(*observed.deploy);
    part.trouble = true;
  }
  if (holds(observed.deploy->groups, group)) return part;
  part.state = InstallState::changed;
  part.note = fmt::format("it was here; now in group {}", group) +
              (part.note.empty() ? "" : "; " + part.note);
  part.commands = {{"usermod", "--append", "--groups", group, user}};
  return part;
}

InstallPart removal(InstallPartKind kind, const std::string& name, bool is_there,
                    const std::string& program) {
  InstallPart part{.kind = kind, .name = name, .state = InstallState::removed};
  if (is_there)
    part.commands = {{program, name}};
  else
    part.note = "it was gone";
  return part;
}

InstallPart left_out(const std::vector<std::string>& reasons, const DeployAccount& account) {
  InstallPart part{.kind = InstallPartKind::user,
                   .name = user,
                   .state = InstallState::left_out,
                   .trouble = true};
  part.note = fmt::format("it was here, and {}: no gate for it", join(reasons, ", "));
  const std::string home = account.home + "/.ssh/authorized_keys";
  part.hint = account.has_keys_of_its_own
                  ? fmt::format(
                        "its keys would no longer count: move each, with `restrict,"
                        "command=\"/usr/bin/ballast gate --key NAME\"` before it, from {} "
                        "to {}; then `ballast install`",
                        home, deploy_keys)
                  : fmt::format("{}, then `ballast install`", hint_against(account));
  return part;
}

}  // namespace

std::vector<std::string> unfit_because(const ObservedServer& observed) {
  if (!observed.deploy || holds(observed.record.users, user)) return {};
  std::vector<std::string> reasons = reasons_against(*observed.deploy);
  if (observed.deploy->has_keys_of_its_own)
    reasons.push_back(fmt::format("it has keys in {}/.ssh/authorized_keys", observed.deploy->home));
  return reasons;
}

std::vector<InstallPart> plan_accounts(const ObservedServer& observed) {
  if (!observed.machine) return {};
  const auto reasons = unfit_because(observed);
  if (!reasons.empty()) return {left_out(reasons, *observed.deploy)};
  return {group_part(observed), user_part(observed)};
}

std::vector<InstallPart> plan_account_removal(const ObservedServer& observed) {
  std::vector<InstallPart> parts;
  if (holds(observed.record.users, user))
    parts.push_back(removal(InstallPartKind::user, user, observed.deploy.has_value(), "userdel"));
  if (holds(observed.record.groups, group))
    parts.push_back(removal(InstallPartKind::group, group, observed.gate_group, "groupdel"));
  return parts;
}

}  // namespace ballast
