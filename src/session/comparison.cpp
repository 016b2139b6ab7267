#include "session/comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/difference.h"
#include "base/error.h"
#include "live/configuration.h"
#include "model/env_file.h"

namespace ballast {

namespace {

// Where the repository keeps what its image has as addons.
constexpr std::string_view modules_folder = "odoo_modules";
constexpr std::string_view as_in_the_image = "as-in-the-image";

const ObservedContainer* find_by_id(const Observation& observation, const std::string& id) {
  const auto found = std::ranges::find(observation.containers, id, &ObservedContainer::id);
  return found == observation.containers.end() ? nullptr : &*found;
}

const ObservedContainer* find_by_service(const Observation& observation,
                                         const std::string& service) {
  const auto found =
      std::ranges::find(observation.containers, service, &ObservedContainer::service);
  return found == observation.containers.end() ? nullptr : &*found;
}

std::string_view change_word(docker::ChangeKind change) {
  switch (change) {
    case docker::ChangeKind::added: return "added";
    case docker::ChangeKind::removed: return "removed";
    case docker::ChangeKind::changed: break;
  }
  return "changed";
}

bool is_same(const ObservedFile& one, const ObservedFile& other) {
  return one.change == other.change && one.content == other.content && one.digest == other.digest;
}

LeftFile left_file(const std::string& service, const std::string& path, std::string_view change,
                   const ObservedFile& file) {
  return {.service = service,
          .path = path,
          .change = std::string(change),
          .content = file.content,
          .patch = {}};
}

// A container that was made meanwhile has no before: all that differs from its image is new.
void compare_files(const ObservedContainer& after, const ObservedContainer* known,
                   std::vector<LeftFile>& left) {
  const std::map<std::string, ObservedFile> none;
  const auto& before = known == nullptr ? none : known->files;
  for (const auto& [path, file] : after.files) {
    const auto found = before.find(path);
    if (found == before.end() || !is_same(found->second, file))
      left.push_back(left_file(after.service, path, change_word(file.change), file));
  }
  for (const auto& [path, file] : before)
    if (!after.files.contains(path))
      left.push_back(left_file(after.service, path, as_in_the_image, file));
}

void compare_containers(const Observation& before, const Observation& after,
                        SessionChanges& comparison) {
  for (const ObservedContainer& one : before.containers) {
    const ObservedContainer* same = find_by_id(after, one.id);
    const ObservedContainer* now = same != nullptr ? same : find_by_service(after, one.service);
    if (now == nullptr) {
      comparison.containers.push_back(one.service + " has no container any more");
      continue;
    }
    const bool restarted = now->started != one.started || now->restarts != one.restarts;
    if (now->image != one.image) {
      comparison.containers.push_back(one.service + " runs another image");
      comparison.other_image = comparison.other_image || comparison.deployed.empty();
    } else if (same == nullptr) {
      comparison.containers.push_back(one.service + " was made anew");
    } else if (restarted) {
      comparison.containers.push_back(one.service + " was restarted");
    }
  }
}

const ObservedFile* text_of(const Observation& after, const LeftFile& left) {
  for (const ObservedContainer& container : after.containers) {
    const auto found = container.files.find(left.path);
    const bool is_it = container.service == left.service && found != container.files.end();
    if (is_it && found->second.content == "text") return &found->second;
  }
  return nullptr;
}

// --- the stack's folder ---

std::optional<std::map<std::string, std::string>> variables_in(
    const std::string& path, const std::optional<std::string>& text) {
  if (!text) return std::map<std::string, std::string>{};
  try {
    return EnvFile(path, *text).values();
  } catch (const Error&) {
    return std::nullopt;
  }
}

void compare_variables(const std::map<std::string, std::string>& before,
                       const std::map<std::string, std::string>& now, const std::string& but,
                       std::vector<LeftVariable>& left) {
  for (const auto& [name, value] : now) {
    const auto known = before.find(name);
    if (name == but || (known != before.end() && known->second == value)) continue;
    left.push_back({.name = name, .change = known == before.end() ? "added" : "changed"});
  }
  for (const auto& [name, value] : before)
    if (name != but && !now.contains(name)) left.push_back({.name = name, .change = "removed"});
}

}  // namespace

bool SessionChanges::changed() const {
  const bool has_files = std::ranges::any_of(
      files, [](const LeftFile& file) { return file.change != as_in_the_image; });
  return has_files || !variables.empty() || !stack_files.empty() || other_image;
}

SessionChanges compare(const Observation& before, const Observation& after,
                       const std::string& deployed) {
  SessionChanges comparison;
  comparison.deployed = deployed;
  for (const auto& [when, trouble] :
       {std::pair("before", before.trouble), std::pair("after", after.trouble)})
    if (!trouble.empty())
      comparison.troubles.push_back(fmt::format("containers {} it: {}", when, trouble));
  if (!comparison.troubles.empty()) return comparison;
  compare_containers(before, after, comparison);
  for (const ObservedContainer& container : after.containers)
    compare_files(container, find_by_id(before, container.id), comparison.files);
  return comparison;
}

Patches container_patches(const ObservedStack& stack, const Observation& after,
                          SessionChanges& comparison) {
  Patches patches;
  const std::string modules = stack.addons + "/";
  for (LeftFile& left : comparison.files) {
    const ObservedFile* file = text_of(after, left);
    if (file == nullptr) continue;
    const bool is_module = !stack.addons.empty() && left.path.starts_with(modules);
    const std::string name =
        is_module ? fmt::format("{}/{}", modules_folder, left.path.substr(modules.size()))
                  : left.path.substr(1);
    const std::string patch = file_difference(name, file->image, file->now);
    if (patch.empty()) continue;
    // Without modules of its own all of a stack's repository is in the image somewhere.
    const bool is_repository = is_module || stack.addons.empty();
    (is_repository ? patches.repository : patches.container) += patch;
    left.patch = is_repository ? repository_patch : container_patch;
  }
  return patches;
}

void compare_stack_files(Server& server, const std::string& directory, const std::string& copies,
                         const ObservedStack& stack, SessionChanges& comparison, Patches& patches) {
  Disk& disk = server.host.disk;
  for (const std::string& name : names_of_stack_files()) {
    const auto before = text_at_path(disk, fmt::format("{}/{}", copies, name));
    const auto now = text_at_path(disk, fmt::format("{}/{}", directory, name));
    if (before == now) continue;
    if (name != ".env") {
      comparison.stack_files.push_back(name);
      patches.stack += file_difference(name, before, now);
      continue;
    }
    const auto then = variables_in(name, before);
    const auto values = variables_in(name, now);
    if (!then || !values)
      comparison.stack_files.push_back(name);
    else
      compare_variables(*then, *values, comparison.deployed.empty() ? "" : stack.tag_variable,
                        comparison.variables);
  }
}

Json comparison_json(const SessionChanges& comparison) {
  Json files = Json::array();
  for (const LeftFile& file : comparison.files)
    files.push_back({{"service", file.service},
                     {"path", file.path},
                     {"change", file.change},
                     {"content", file.content},
                     {"patch", file.patch}});
  Json variables = Json::array();
  for (const LeftVariable& variable : comparison.variables)
    variables.push_back({{"name", variable.name}, {"change", variable.change}});
  return {{"schema", "ballast.session-changes/1"},
          {"troubles", comparison.troubles},
          {"files", files},
          {"variables", variables},
          {"stack_files", comparison.stack_files},
          {"containers", comparison.containers},
          {"deployed", comparison.deployed}};
}

}  // namespace ballast
