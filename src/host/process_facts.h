// What the kernel tells of other processes and of accounts.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ballast {

// Of the environment with which it was started; nullopt: it has none of that name, or is gone.
std::optional<std::string> process_variable(long long pid, const std::string& name);
std::vector<std::string> process_words(long long pid);  // its command line; empty: it is gone
std::optional<unsigned> process_owner(long long pid);   // its effective user
std::optional<long long> parent_process(long long pid);

std::optional<unsigned> group_number(const std::string& name);  // nullopt: no such group

}  // namespace ballast
