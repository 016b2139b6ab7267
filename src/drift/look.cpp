#include "drift/look.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "drift/patch.h"
#include "live/configuration.h"
#include "tools/container_files.h"

namespace ballast {

namespace {

// Of more of them only the names are compared.
constexpr std::size_t most_digests = 500;

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::optional<Time> time_of(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  return info ? std::optional(info->modified) : std::nullopt;
}

// Those of the stack's folder that differ from what the release kept.
void see_files(Server& server, DriftSeen& seen) {
  Disk& disk = server.host.disk;
  const std::string& copies = seen.good->copies;
  seen.keeps_copies = !copies.empty() && !disk.list(copies).empty();
  for (const FileChange& change : changes_to(server, server.paths.stack(seen.stack), copies))
    seen.files.push_back(
        {.name = name_of(change.path),
         .kept = change.copy.empty() ? std::nullopt : text_at_path(disk, change.copy),
         .now = text_at_path(disk, change.path),
         .changed = time_of(disk, change.path)});
}

void add_secrets_of(const StackFileSeen& file, Secrets& secrets) {
  if (file.name != ".env" || !file.kept) return;
  try {
    for (const auto& [name, value] : EnvFile(file.name, *file.kept).values())
      secrets.add_variable(name, value);
  } catch (const Error&) {
    return;  // no variables, no values to hide
  }
}

ReleaseContainerSeen see_container(Server& server, const docker::Container& container,
                                   const Policy& policy, const OwnPaths& own) {
  ReleaseContainerSeen seen;
  seen.container = container;
  if (const auto known = own.find(container.id); known != own.end()) seen.own = known->second;
  try {
    seen.changes = server.engine.changes_of(container.id);
  } catch (const Error& error) {
    seen.trouble = error.message();
  }
  const auto telling = telling_changes(seen, policy);
  for (std::size_t number = 0; number < std::min(telling.size(), most_digests); ++number)
    if (const auto content = read_on_host(server.host, container, telling[number].path))
      seen.digests[telling[number].path] = sha256_hex(*content);
  return seen;
}

void see_containers(Server& server, const Stack& stack, const OwnPaths& own, DriftSeen& seen) {
  seen.services = observe(server, stack).services;
  const auto released = release_services(stack.policy);
  for (const docker::Container& container : seen.services) {
    const std::string service = container.label(docker::label_service);
    if (std::ranges::find(released, service) != released.end())
      seen.releases.push_back(see_container(server, container, stack.policy, own));
  }
}

// What cannot be had is said, and the rest is compared.
void see_stack(Server& server, const OwnPaths& own, DriftSeen& seen) {
  try {
    const Stack stack = read_stack(server, seen.stack);
    seen.policy = stack.policy;
    seen.secrets = stack.secrets;
    see_containers(server, stack, own, seen);
  } catch (const Error& error) {
    seen.troubles.push_back("containers: " + error.message());
    seen.deployed.reset();
  }
}

void add_patches(Server& server, const DriftSeen& seen, const DriftLook& look,
                 DriftReport& report) {
  for (Difference& difference : report.differences) {
    const auto file = std::ranges::find(seen.files, difference.subject, &StackFileSeen::name);
    if (difference.what == "files" && look.contents)
      difference.patch = container_patch(server, seen, difference);
    else if (file != seen.files.end() && difference.what != "env" && difference.what != "tag-line")
      difference.patch = text_patch(difference.subject, file->kept, file->now, seen.secrets);
  }
}

}  // namespace

std::vector<std::string> release_services(const Policy& policy) {
  std::vector<std::string> services = policy.companions;
  services.push_back(policy.service);
  return services;
}

DriftReport look_for_drift(Server& server, const std::string& stack, const Journal* journal,
                           const DriftLook& look) {
  DriftSeen seen{.stack = stack,
                 .at = server.host.clock.now(),
                 .good = {},
                 .files = {},
                 .deployed = {},
                 .services = {},
                 .releases = {},
                 .policy = {},
                 .secrets = {},
                 .troubles = {}};
  if (journal != nullptr) {
    if (auto good = journal->releases(stack, "good"); !good.empty())
      seen.good = std::move(good.front());
    seen.deployed = deployed(*journal, stack);
  }
  if (!seen.good) return compare(seen);
  see_files(server, seen);
  see_stack(server, look.own, seen);
  for (const StackFileSeen& file : seen.files) add_secrets_of(file, seen.secrets);
  DriftReport report = compare(seen);
  if (look.patches) add_patches(server, seen, look, report);
  return report;
}

}  // namespace ballast
