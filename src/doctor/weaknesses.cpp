#include "doctor/weaknesses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"

namespace ballast::doctor {

namespace {

constexpr Weakness server(std::string_view id, Findings (*look)(const ServerSeen&)) {
  return {.id = id, .of_server = look};
}

constexpr Weakness stack(std::string_view id, Findings (*look)(const StackSeen&)) {
  return {.id = id, .of_stack = look};
}

// What only a server that runs it can show.
constexpr Weakness running(std::string_view id, Findings (*look)(const StackSeen&)) {
  return {.id = id, .of_stack = look, .in_folder = false};
}

constexpr auto table = std::to_array<Weakness>({
    stack("addons-volume", addons_volume),
    server("authorized-keys-writable", authorized_keys_writable),
    running("backup-never-drilled", backup_never_drilled),
    stack("bind-mount-over-code", bind_mount_over_code),
    server("clock-not-synchronised", clock_not_synchronised),
    server("cron-tz-ignored", cron_tz_ignored),
    server("cron-wrong-zone", cron_wrong_zone),
    stack("database-port-published", database_port_published),
    server("docker-group-members", docker_group_members),
    stack("docker-socket-mounted", docker_socket_mounted),
    server("docker-tcp-open", docker_tcp_open),
    stack("env-in-image", env_in_image),
    server("forced-command-unrestricted", forced_command_unrestricted),
    stack("health-check-missing", health_check_missing),
    stack("host-network", host_network),
    stack("list-db-on", list_db_on),
    stack("log-rotation-missing", log_rotation_missing),
    stack("memory-limit-missing", memory_limit_missing),
    stack("mutable-tag", mutable_tag),
    running("offsite-copy-missing", offsite_copy_missing),
    stack("password-in-config", password_in_config),
    running("postgres-client-older", postgres_client_older),
    stack("privileged-container", privileged_container),
    stack("restart-missing", restart_missing),
    running("secrets-readable", secrets_readable),
    server("server-secrets-readable", server_secrets_readable),
    running("stack-files-writable", stack_files_writable),
    server("sudoers-wildcard", sudoers_wildcard),
    stack("workers-exceed-memory", workers_exceed_memory),
});

constexpr bool has_row(std::size_t index) {
  const Weakness& row = table[index];
  const WeaknessKind& kind = weakness_table[index];
  return row.id == kind.id && (row.of_server != nullptr) == (kind.scope == WeaknessScope::server);
}

constexpr bool has_every_row() {
  if (table.size() != weakness_table.size()) return false;
  for (std::size_t index = 0; index < table.size(); ++index)
    if (!has_row(index)) return false;
  return true;
}
static_assert(has_every_row(), "one row for each of weakness_table, in its order");

constexpr unsigned of_group = 0070;
constexpr unsigned of_others = 0007;

// What the group root may do root may do anyhow.
bool is_open(const FileInfo& info, unsigned bits) {
  const unsigned counted = info.group == 0 ? of_others : of_group | of_others;
  return (info.mode & bits & counted) != 0;
}

}  // namespace

std::span<const Weakness> all_weaknesses() { return table; }

Findings of_services(const StackSeen& stack, Findings (*look)(const StackSeen&, const Service&)) {
  if (!stack.services.value) return {not_known(stack.compose_path, stack.services.trouble)};
  Findings findings;
  for (const Service& service : *stack.services.value)
    std::ranges::move(look(stack, service), std::back_inserter(findings));
  return findings;
}

std::string in_service(const Service& service, std::string_view lines) {
  std::string text = fmt::format("below `{}:` of the compose file:", service.name);
  for (const std::string& line : split_lines(lines)) text += "\n  " + line;
  return text;
}

bool can_be_read_by_others(const FileInfo& info) { return is_open(info, 0044); }
bool can_be_written_by_others(const FileInfo& info) { return is_open(info, 0022); }

const Service* StackSeen::service(std::string_view wanted) const {
  if (!services.value) return nullptr;
  const auto found = std::ranges::find(*services.value, wanted, &Service::name);
  return found == services.value->end() ? nullptr : &*found;
}

}  // namespace ballast::doctor
