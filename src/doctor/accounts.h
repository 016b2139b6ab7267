// /etc/passwd and /etc/group.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/seen.h"

namespace ballast::doctor {

std::vector<Account> accounts_in(std::string_view passwd);
// Those of the group `docker`, root left out; whose own group it is belongs to it as well.
std::vector<DockerGroup> docker_groups_in(const std::string& path, std::string_view group,
                                          const std::vector<Account>& accounts);

}  // namespace ballast::doctor
