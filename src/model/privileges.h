// What a Compose file asks for beyond containers of its own, and what a newer one asks for that an
// older one did not. For files that come from somewhere else than the server.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/compose_ground.h"

namespace ballast {

struct Privilege {
  std::string kind;    // of privilege_kinds()
  std::string value;   // "web:NET_ADMIN": with the kind it is what --accept names
  std::string detail;  // what else must be the same, e.g. all that an unknown key holds

  auto operator<=>(const Privilege&) const = default;
  std::string text() const { return kind + "=" + value; }  // "capability=web:NET_ADMIN"
};

struct PrivilegeKind {
  std::string_view name;
  std::string_view words;  // "a capability of the kernel"
};
// Sorted by name.
std::span<const PrivilegeKind> privilege_kinds();
std::string_view words_of(const Privilege& privilege);

struct Privileges {
  std::set<Privilege> wanted;
  std::set<Privilege> restrictions;  // of kind `restriction`: what a container may not
  std::set<std::string> services;
};

// `text` is a compose file, or what Compose makes of one. A key that is not known to be harmless is
// a privilege. Error(usage) with path and line when it is broken.
Privileges privileges_of(const std::string& path, std::string_view text,
                         const ComposeGround& ground);

// What `after` wants more, and which restrictions of a service it lifts; sorted. What is narrower
// than before (a port on one address that was on all, a host path that was writable) is not new.
std::vector<Privilege> new_privileges(const Privileges& before, const Privileges& after);

// `words` are those of --accept: "capability", or "capability=web:NET_ADMIN".
bool is_accepted(const Privilege& privilege, const std::vector<std::string>& words);

}  // namespace ballast
