#include "doctor/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace ballast::doctor {

namespace {

unsigned number_of(std::string_view text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::vector<Account> accounts_in(std::string_view passwd) {
  std::vector<Account> accounts;
  int line = 0;
  for (const std::string& whole : split_lines(passwd)) {
    ++line;
    const auto fields = split(whole, ':');
    if (fields.size() < 7 || fields[0].empty()) continue;
    accounts.push_back({.name = fields[0],
                        .user = number_of(fields[2]),
                        .group = number_of(fields[3]),
                        .home = fields[5],
                        .line = line});
  }
  return accounts;
}

std::vector<DockerGroup> docker_groups_in(const std::string& path, std::string_view group,
                                          const std::vector<Account>& accounts) {
  std::vector<DockerGroup> groups;
  int line = 0;
  for (const std::string& whole : split_lines(group)) {
    ++line;
    const auto fields = split(whole, ':');
    if (fields.size() < 4 || fields[0] != "docker") continue;
    DockerGroup found{.subject = fmt::format("{}:{}", path, line),
                      .members = split(fields[3], ',')};
    for (const Account& account : accounts)
      if (account.group == number_of(fields[2])) found.members.push_back(account.name);
    std::erase_if(found.members,
                  [](const std::string& name) { return name.empty() || name == "root"; });
    std::ranges::sort(found.members);
    const auto same = std::ranges::unique(found.members);
    found.members.erase(same.begin(), same.end());
    groups.push_back(std::move(found));
  }
  return groups;
}

}  // namespace ballast::doctor
