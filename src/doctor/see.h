// The looks at a server, a stack and a repository: the only part of this room that asks anybody.
#pragma once

#include <string>

#include "doctor/seen.h"
#include "live/server.h"
#include "model/settings.h"

namespace ballast::doctor {

// Every path under the server's root.
ServerSeen see_server(Server& server, const Settings& settings);

// Error(usage) when there is no such stack, or its policy accepts what there is not.
StackSeen see_stack(Server& server, const std::string& name, const ServerSeen& seen);

// A stack's folder in a repository, without a server or an engine. Error(usage) when it is none.
StackSeen see_folder(Host& host, const std::string& folder);

// Shared by the looks.

// Its value, or why there is none.
template <typename Look>
auto seen_or_why(Look look) -> Known<decltype(look())> {
  try {
    return known(look());
  } catch (const Error& error) {
    return {.value = {}, .trouble = error.message()};
  }
}

OwnedFile owned_file(Host& host, const std::string& path, const FileInfo& info,
                     std::string holds = {});
// What of a stack is in files alone; `env_file`: where the values of its variables are.
void see_stack_files(Host& host, StackSeen& seen, const std::string& env_file);

}  // namespace ballast::doctor
