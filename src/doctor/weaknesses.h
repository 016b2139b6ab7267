// Each weakness, one file each: what was seen, as findings. Pure. weaknesses.cpp names them. No
// finding at all: it is as it should be, or does not concern this server or stack.
#pragma once

#include <span>

#include "doctor/accounts.h"
#include "doctor/cron.h"
#include "doctor/dockerfile.h"
#include "doctor/finding.h"
#include "doctor/seen.h"
#include "doctor/ssh_keys.h"
#include "doctor/sudoers.h"

namespace ballast::doctor {

struct Weakness {
  std::string_view id;  // of weakness_table
  Findings (*of_server)(const ServerSeen& server) = nullptr;
  Findings (*of_stack)(const StackSeen& stack) = nullptr;
  bool in_folder = true;  // can be seen in a repository, too
};

// One for each row of weakness_table, in its order.
std::span<const Weakness> all_weaknesses();

// What it comes to when every service is asked.
Findings of_services(const StackSeen& stack, Findings (*look)(const StackSeen&, const Service&));

// Lines to write below a service of the compose file.
std::string in_service(const Service& service, std::string_view lines);

bool can_be_read_by_others(const FileInfo& info);
bool can_be_written_by_others(const FileInfo& info);

// Of files that hold secrets.
Findings readable_secrets(const std::vector<OwnedFile>& files);

Findings addons_volume(const StackSeen& stack);
Findings authorized_keys_writable(const ServerSeen& server);
Findings backup_never_drilled(const StackSeen& stack);
Findings bind_mount_over_code(const StackSeen& stack);
Findings clock_not_synchronised(const ServerSeen& server);
Findings cron_tz_ignored(const ServerSeen& server);
Findings cron_wrong_zone(const ServerSeen& server);
Findings database_port_published(const StackSeen& stack);
Findings docker_group_members(const ServerSeen& server);
Findings docker_socket_mounted(const StackSeen& stack);
Findings docker_tcp_open(const ServerSeen& server);
Findings env_in_image(const StackSeen& stack);
Findings forced_command_unrestricted(const ServerSeen& server);
Findings health_check_missing(const StackSeen& stack);
Findings host_network(const StackSeen& stack);
Findings list_db_on(const StackSeen& stack);
Findings log_rotation_missing(const StackSeen& stack);
Findings memory_limit_missing(const StackSeen& stack);
Findings mutable_tag(const StackSeen& stack);
Findings offsite_copy_missing(const StackSeen& stack);
Findings password_in_config(const StackSeen& stack);
Findings postgres_client_older(const StackSeen& stack);
Findings privileged_container(const StackSeen& stack);
Findings restart_missing(const StackSeen& stack);
Findings secrets_readable(const StackSeen& stack);
Findings server_secrets_readable(const ServerSeen& server);
Findings stack_files_writable(const StackSeen& stack);
Findings sudoers_wildcard(const ServerSeen& server);
Findings workers_exceed_memory(const StackSeen& stack);

}  // namespace ballast::doctor
