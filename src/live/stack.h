// A stack as its files say, and as it runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secrets.h"
#include "live/server.h"
#include "model/compose_file.h"
#include "model/env_file.h"
#include "model/policy.h"
#include "model/reference.h"

namespace ballast {

struct Stack {
  std::string name;
  std::string directory;
  std::string compose_path;
  std::string compose_text;
  std::optional<std::string> override_path;  // docker-compose.override.yml and its like
  std::string override_text;
  std::string policy_path;
  std::optional<std::string> policy_text;
  ComposeFile compose;
  EnvFile env;
  std::string env_path;
  Policy policy;
  std::string project;  // Compose's project name: `name:`, COMPOSE_PROJECT_NAME of .env, else the
                        // folder's name
  Secrets secrets;      // of .env and of the compose file's environment

  std::string tag() const;                            // what .env asks for
  Reference image_for(const std::string& tag) const;  // the release service's image with that tag
  const ComposeService& release_service() const;
  std::string config_hash() const;  // of everything but the tag line
  bool stands_alone() const;        // the compose file needs no other to be understood
};

// Error(usage): unknown stack (with the nearest name), no compose file, a broken file, an ambiguous
// service; Error(refused): .env missing, unreadable, a symlink, CRLF, tag line absent or doubled.
Stack read_stack(Server& server, const std::string& name);
// As it would be with the compose file and the policy that lie in another folder; what does not lie
// there, and .env, is the stack's own.
Stack read_stack_with(Server& server, const std::string& name, const std::string& folder);

// Error(usage) with the nearest name when there is no such folder.
void require_known_stack(Server& server, const std::string& name);

// The containers of a stack; one-off containers and candidates of Ballast stand apart.
struct Running {
  std::vector<docker::Container> services;
  std::vector<docker::Container> candidates;

  // A running one first, then the newest; nullptr when the service has no container.
  const docker::Container* of(const std::string& service) const;
};
Running observe(Server& server, const Stack& stack);

}  // namespace ballast
