#include "live/stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "check/check.h"
#include "model/names.h"
#include "tools/postgres_outside.h"

namespace ballast {

namespace {

std::optional<std::string> first_present(Disk& disk, const std::string& directory,
                                         const auto& names) {
  for (const char* name : names) {
    std::string path = fmt::format("{}/{}", directory, name);
    if (disk.info(path)) return path;
  }
  return std::nullopt;
}

// In `folder`, when it lies there.
std::string place_of(Disk& disk, const std::string& path, const std::string& folder) {
  if (folder.empty()) return path;
  std::string other = folder + path.substr(path.rfind('/'));
  return disk.info(other) ? other : path;
}

[[noreturn]] void unknown_stack(Server& server, const std::string& name) {
  const std::vector<std::string> known = stack_names(server);
  const auto near = nearest(name, known);
  std::string hint = near ? fmt::format("did you mean `{}`?", *near)
                     : known.empty()
                         ? fmt::format("put the stack's folder into {}", server.paths.stacks())
                         : fmt::format("stacks here: {}", join(known, ", "));
  throw Error(Kind::usage, fmt::format("no stack `{}` in {}", name, server.paths.stacks()),
              std::move(hint));
}

std::string directory_of(Server& server, const std::string& name) {
  std::string directory = server.paths.stack(name);
  const auto info = server.host.disk.info(directory);
  if (!info) unknown_stack(server, name);
  if (info->type != FileType::directory)
    throw Error(Kind::usage, fmt::format("{} is not a directory", directory),
                "a stack is a folder with a compose file and .env");
  return directory;
}

// A file that cannot be read refuses the operation: nothing was changed.
std::optional<std::string> text_of(Disk& disk, const std::string& path) {
  try {
    return disk.read(path);
  } catch (const Error& error) {
    if (!error.message().ends_with("permission denied")) throw error.with_kind(Kind::refused);
    throw Error(Kind::refused, error.message(), "run ballast as root (sudo)");
  }
}

std::string required_text(Disk& disk, const std::string& path, const std::string& hint) {
  auto text = text_of(disk, path);
  if (!text) throw Error(Kind::refused, fmt::format("{} is missing", path), hint);
  return *std::move(text);
}

// Compose's own normalisation of a folder's name.
std::string project_from(std::string_view name) {
  std::string project;
  for (const char letter : lower(name))
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' ||
        letter == '-')
      project += letter;
  return project;
}

std::string project_of(const Stack& stack) {
  if (const auto named = stack.env.value("COMPOSE_PROJECT_NAME"); named && !named->empty())
    return *named;
  if (!stack.compose.project_name.empty())
    return expand_variables(stack.compose.project_name, stack.env.values());
  return project_from(stack.name);
}

// The model does not know which checks there are.
void require_known_checks(const Policy& policy, const std::string& path) {
  std::vector<std::string> known;
  for (const Check& check : all_checks()) known.emplace_back(check.name);
  for (const std::string& name : policy.verify.skip) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = nearest(name, known);
    throw Error(Kind::usage,
                fmt::format("{}: `verify.skip` names no check: `{}`", path, printable(name)),
                near ? fmt::format("did you mean `{}`?", *near)
                     : fmt::format("checks: {}", join(known, ", ")));
  }
}

// Without a good one nothing of the server's can be shown either; who needs it says what is wrong.
void add_server_password(Server& server, Stack& stack) {
  if (!has_database_outside(stack.policy)) return;
  const std::string path = server.paths.at(stack.policy.database_url_file);
  try {
    stack.secrets.add(read_server_address(server.host, path).value("PGPASSWORD"));
  } catch (const Error&) {
    return;
  }
}

void gather_secrets(Stack& stack) {
  const auto values = stack.env.values();
  for (const auto& [name, value] : values) stack.secrets.add_variable(name, value);
  for (const ComposeService& service : stack.compose.services)
    for (const auto& [name, value] : service.environment)
      stack.secrets.add_variable(name, expand_variables(value, values));
}

}  // namespace

Stack read_stack(Server& server, const std::string& name) {
  return read_stack_with(server, name, {});
}

Stack read_stack_with(Server& server, const std::string& name, const std::string& folder) {
  require_stack_name(name);
  Disk& disk = server.host.disk;
  const std::string directory = directory_of(server, name);
  auto compose_path = first_present(disk, directory, compose_file_names);
  if (!compose_path)
    throw Error(Kind::usage, fmt::format("stack `{}` has no compose file in {}", name, directory),
                "it is named compose.yaml or docker-compose.yml");
  compose_path = place_of(disk, *compose_path, folder);
  const std::string compose_text = text_of(disk, *compose_path).value_or("");
  const auto override_path = first_present(disk, directory, compose_override_names);
  const std::string policy_path = place_of(disk, directory + "/ballast.yaml", folder);
  const auto policy_text = text_of(disk, policy_path);
  ComposeFile compose = parse_compose(*compose_path, compose_text);
  PolicyFile policy = read_policy(compose, policy_path, policy_text);
  require_known_checks(policy.policy, policy_path);
  const std::string env_path = directory + "/.env";
  EnvFile env(
      env_path,
      required_text(
          disk, env_path,
          fmt::format(
              "put it back from the newest copy in {}, or write one with {}=<the tag that runs>",
              server.paths.release_copies(name, ""), policy.policy.tag_variable)));
  Stack stack{.name = name,
              .directory = directory,
              .compose_path = *compose_path,
              .compose_text = compose_text,
              .override_path = override_path,
              .override_text = override_path ? text_of(disk, *override_path).value_or("") : "",
              .policy_path = policy_path,
              .policy_text = policy_text,
              .compose = std::move(compose),
              .env = std::move(env),
              .env_path = env_path,
              .policy = std::move(policy.policy),
              .project = {},
              .secrets = {}};
  stack.tag();  // a tag line that cannot be switched is found now, not half-way
  stack.project = project_of(stack);
  gather_secrets(stack);
  add_server_password(server, stack);
  return stack;
}

void require_known_stack(Server& server, const std::string& name) {
  require_stack_name(name);
  directory_of(server, name);
}

std::string Stack::tag() const { return env.tag(policy.tag_variable); }

const ComposeService& Stack::release_service() const {
  const ComposeService* service = compose.service(policy.service);
  if (service == nullptr)
    throw Error(Kind::usage, fmt::format("{} has no service `{}`", compose_path, policy.service),
                fmt::format("correct `service:` in {}", policy_path));
  return *service;
}

Reference Stack::image_for(const std::string& tag) const {
  auto values = env.values();
  values[policy.tag_variable] = tag;
  return parse_reference(expand_variables(release_service().image, values));
}

std::string Stack::config_hash() const {
  Sha256 hash;
  for (const std::string& part : {compose_text, override_text, policy_text.value_or(""),
                                  env.with_tag(policy.tag_variable, "")}) {
    hash.add(std::to_string(part.size()) + ":");
    hash.add(part);
  }
  return hash.hex();
}

bool Stack::stands_alone() const { return !override_path && !compose.refers_to_other_files; }

const docker::Container* Running::of(const std::string& service) const {
  const docker::Container* best = nullptr;
  for (const docker::Container& container : services) {
    if (container.label(docker::label_service) != service) continue;
    if (best == nullptr || (container.running() && !best->running())) best = &container;
  }
  return best;
}

Running observe(Server& server, const Stack& stack) {
  Running running;
  for (docker::Container& container : server.engine.project_containers(stack.project)) {
    const bool candidate = !container.label(docker::label_candidate).empty();
    const bool one_off = lower(container.label(docker::label_one_off)) == "true";
    if (candidate)
      running.candidates.push_back(std::move(container));
    else if (!one_off)
      running.services.push_back(std::move(container));
  }
  return running;
}

}  // namespace ballast
