#include "gate/caller.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "host/process_facts.h"

namespace ballast {

namespace {

constexpr const char* auth_info_variable = "SSH_USER_AUTH";
constexpr std::string_view auth_info_files = "/tmp/sshauth.";  // as sshd names them
constexpr std::uint64_t longest_auth_info = 64u << 10;
constexpr int farthest_ancestor = 4;  // sudo puts one or two of its own between

bool is_auth_info_file(std::string_view path) {
  return path.starts_with(auth_info_files) &&
         path.find('/', auth_info_files.size()) == std::string_view::npos;
}

// Something that is no such file of the caller's own is as good as one that names no key.
std::string auth_info(Disk& disk, const std::string& path, unsigned user) {
  try {
    const auto info = is_auth_info_file(path) ? disk.info(path) : std::nullopt;
    if (!info || info->type != FileType::regular || info->owner != user) return {};
    return disk.read(path, longest_auth_info).value_or("");
  } catch (const Error&) {
    return {};
  }
}

// "192.0.2.7 51234 198.51.100.1 22"
std::string address_in(const std::string& connection) {
  return connection.substr(0, connection.find(' '));
}

GateCall call_of(Disk& disk, long long pid, unsigned user) {
  GateCall call{.named_key = {}, .command = {}, .user = user, .address = {}, .auth_info = {}};
  call.address = address_in(process_variable(pid, "SSH_CONNECTION").value_or(""));
  if (const auto path = process_variable(pid, auth_info_variable))
    call.auth_info = auth_info(disk, *path, user);
  return call;
}

// Something that could not be looked at: no key is told of it.
GateCall unknown_call(unsigned user) {
  return {.named_key = {}, .command = {}, .user = user, .address = {}, .auth_info = ""};
}

// sudo runs as root, who ran it does not.
std::optional<long long> process_behind_sudo(long long pid, unsigned user) {
  for (int step = 0; step < farthest_ancestor; ++step) {
    const auto parent = parent_process(pid);
    if (!parent) return std::nullopt;
    pid = *parent;
    if (process_owner(pid) == user) return pid;
  }
  return std::nullopt;
}

std::string key_named_in(const std::vector<std::string>& words) {
  constexpr std::string_view option = "--key";
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at].starts_with(std::string(option) + "="))
      return words[at].substr(option.size() + 1);
    if (words[at] == option && at + 1 < words.size()) return words[at + 1];
  }
  return {};
}

}  // namespace

GateCall call_from(Disk& disk, const Caller& caller, std::string named_key, std::string command) {
  // One that ended meanwhile may have left its number to another one.
  const bool is_there = process_owner(caller.pid) == caller.user;
  GateCall call = is_there ? call_of(disk, caller.pid, caller.user) : unknown_call(caller.user);
  call.named_key = std::move(named_key);
  call.command = std::move(command);
  return call;
}

GateCall call_through_sudo(Disk& disk, long long pid, unsigned user, std::string named_key,
                           std::string command) {
  const auto behind = user == 0 ? std::optional(pid) : process_behind_sudo(pid, user);
  GateCall call = behind ? call_of(disk, *behind, user) : unknown_call(user);
  call.named_key =
      behind && named_key.empty() ? key_named_in(process_words(*behind)) : std::move(named_key);
  call.command = std::move(command);
  return call;
}

}  // namespace ballast
