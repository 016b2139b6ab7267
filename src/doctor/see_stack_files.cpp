#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/secrets.h"
#include "base/text.h"
#include "doctor/dockerfile.h"
#include "doctor/see.h"
#include "model/env_file.h"

namespace ballast::doctor {

namespace {

std::optional<std::string> first_present(Disk& disk, const std::string& folder, const auto& names) {
  for (const char* name : names)
    if (disk.info(fmt::format("{}/{}", folder, name))) return fmt::format("{}/{}", folder, name);
  return std::nullopt;
}

std::string required_text(Disk& disk, const std::string& path) {
  auto text = disk.read(path);
  if (!text) throw Error(Kind::refused, path + " is missing");
  return *std::move(text);
}

ComposeText compose_text(Disk& disk, const std::string& path) {
  return {path, required_text(disk, path)};
}

std::vector<ComposeText> compose_texts(Disk& disk, const StackSeen& seen) {
  std::vector<ComposeText> files{compose_text(disk, seen.compose_path)};
  if (const auto path = first_present(disk, seen.directory, compose_override_names))
    files.push_back(compose_text(disk, *path));
  return files;
}

std::map<std::string, std::string> values_of(const std::string& path, const std::string& text) {
  return EnvFile(path, text).values();
}

// A repository need not have one: its variables have no value then.
std::map<std::string, std::string> values_for(Disk& disk, const StackSeen& seen) {
  return values_of(seen.env_path, seen.on_server ? required_text(disk, seen.env_path)
                                                 : disk.read(seen.env_path).value_or(""));
}

bool holds_a_secret(const std::map<std::string, std::string>& values) {
  return std::ranges::any_of(values, [](const auto& entry) {
    return names_a_secret(entry.first) && !entry.second.empty();
  });
}

// .env, and the other files that services take their environment from.
std::vector<std::string> environment_files(const StackSeen& seen) {
  std::vector<std::string> paths{seen.directory + "/.env"};
  if (!seen.services.value) return paths;
  for (const Service& service : *seen.services.value) {
    std::vector<std::string> named;
    if (const std::string one = service.text("env_file"); !one.empty()) named.push_back(one);
    for (const Written& item : service.items("env_file")) named.push_back(item.node->scalar);
    for (const std::string& name : named)
      if (!name.empty())
        paths.push_back(name.starts_with('/') ? name : fmt::format("{}/{}", seen.directory, name));
  }
  std::ranges::sort(paths);
  const auto same = std::ranges::unique(paths);
  paths.erase(same.begin(), same.end());
  return paths;
}

std::vector<OwnedFile> secrets_of(Host& host, const StackSeen& seen) {
  std::vector<OwnedFile> found;
  for (const std::string& path : environment_files(seen)) {
    const auto info = host.disk.info(path);
    if (info && holds_a_secret(values_of(path, required_text(host.disk, path))))
      found.push_back(owned_file(host, path, *info, "passwords"));
  }
  return found;
}

std::vector<OwnedFile> files_of(Host& host, const StackSeen& seen) {
  std::vector<std::string> paths{seen.directory, seen.compose_path, seen.env_path,
                                 seen.policy_path};
  if (const auto path = first_present(host.disk, seen.directory, compose_override_names))
    paths.push_back(*path);
  std::vector<OwnedFile> found;
  for (const std::string& path : paths)
    if (const auto info = host.disk.info(path)) found.push_back(owned_file(host, path, *info));
  return found;
}

std::optional<TextFile> file_at(Disk& disk, const std::string& path) {
  auto text = disk.read(path);
  return text ? std::optional(TextFile{path, *std::move(text)}) : std::nullopt;
}

}  // namespace

void see_stack_files(Host& host, StackSeen& seen, const std::string& env_file) {
  const auto compose = first_present(host.disk, seen.directory, compose_file_names);
  if (!compose && !seen.on_server)
    throw Error(Kind::usage, fmt::format("there is no compose file in {}", seen.directory),
                "it is named compose.yaml or docker-compose.yml");
  seen.compose_path = compose.value_or(seen.directory + "/docker-compose.yml");
  seen.env_path = env_file;
  seen.policy_path = seen.directory + "/ballast.yaml";
  seen.user = host.machine.user();
  const auto policy_text = host.disk.read(seen.policy_path);
  seen.accepted = accepted_in_policy(seen.policy_path, policy_text);
  seen.services = seen_or_why(
      [&] { return read_services(compose_texts(host.disk, seen), values_for(host.disk, seen)); });
  seen.policy = seen_or_why([&] {
    const ComposeText text = compose_text(host.disk, seen.compose_path);
    return read_policy(parse_compose(text.path, text.text), seen.policy_path, policy_text).policy;
  });
  seen.files = seen_or_why([&] { return files_of(host, seen); });
  seen.secrets = seen_or_why([&] { return secrets_of(host, seen); });
  seen.dockerfile = seen_or_why([&] { return file_at(host.disk, seen.directory + "/Dockerfile"); });
  // Docker takes the one that is named after the Dockerfile before the other.
  const auto ignored = seen_or_why([&] {
    const auto own = host.disk.read(seen.directory + "/Dockerfile.dockerignore");
    return own ? *own : host.disk.read(seen.directory + "/.dockerignore").value_or("");
  });
  seen.docker_ignore = ignored.value.value_or("");
}

}  // namespace ballast::doctor
