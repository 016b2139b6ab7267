#include "drift/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "model/env_lines.h"
#include "model/reference.h"

namespace ballast {

namespace {

constexpr std::size_t most_named = 5;

std::string key_of(std::string_view what, std::string_view subject, std::string_view is) {
  return fmt::format("{}:{}:{}", what, subject, sha256_hex(is).substr(0, 16));
}

std::string kind_of_file(const std::string& name) {
  if (name == ".env") return "env";
  if (name == "ballast.yaml") return "policy";
  const bool overrides = name.find("override") != std::string::npos;
  return overrides ? "override-file" : "compose-file";
}

std::string presence(const std::optional<std::string>& text) {
  return text ? fmt::format("sha256 {}", sha256_hex(*text).substr(0, 12)) : "absent";
}

std::map<std::string, std::string> variables_of(const std::string& text) {
  std::map<std::string, std::string> variables;
  try {
    for (const EnvAssignment& one : parse_env_lines(".env", text)) variables[one.name] = one.value;
  } catch (const Error&) {
    return {};  // whoever reads the stack says what is wrong with it
  }
  return variables;
}

std::string shown(const std::string& name, const std::string& value, const Secrets& secrets) {
  return names_a_secret(name) ? "***" : printable(secrets.mask(value));
}

// The tag line is told for itself: it alone says what the next `up` brings.
Difference tag_difference(const std::string& was, const std::string& is,
                          const StackFileSeen& file) {
  return {.what = "tag-line",
          .subject = file.name,
          .was = was,
          .is = printable(is),
          .paths = {},
          .patch = {},
          .changed = file.changed,
          .keys = {key_of("tag-line", file.name, is)}};
}

std::string without_tag(const std::string& text, const std::string& variable) {
  std::string rest;
  for (const std::string& line : split_lines(text))
    if (!line.starts_with(variable + "=")) rest += line + "\n";
  return rest;
}

void compare_env(const DriftSeen& seen, const StackFileSeen& file, DriftReport& report) {
  const std::string& variable = seen.policy.tag_variable;
  auto was = variables_of(*file.kept);
  auto is = variables_of(*file.now);
  if (was[variable] != is[variable])
    report.differences.push_back(tag_difference(was[variable], is[variable], file));
  if (without_tag(*file.kept, variable) == without_tag(*file.now, variable) &&
      was[variable] != is[variable])
    return;
  report.differences.push_back(
      {.what = "env",
       .subject = file.name,
       .was = presence(file.kept),
       .is = presence(file.now),
       .paths = {},
       .patch = env_difference(*file.kept, *file.now, seen.secrets),
       .changed = file.changed,
       .keys = {key_of("env", file.name, without_tag(*file.now, variable))}});
}

void compare_file(const DriftSeen& seen, const StackFileSeen& file, DriftReport& report) {
  if (file.kept == file.now) return;
  if (file.name == ".env" && file.kept && file.now) return compare_env(seen, file, report);
  const std::string what = kind_of_file(file.name);
  report.differences.push_back({.what = what,
                                .subject = file.name,
                                .was = presence(file.kept),
                                .is = presence(file.now),
                                .paths = {},
                                .patch = {},
                                .changed = file.changed,
                                .keys = {key_of(what, file.name, file.now.value_or("absent"))}});
}

void compare_files(const DriftSeen& seen, DriftReport& report) {
  if (seen.good && !seen.keeps_copies)
    report.unknown.push_back(
        fmt::format("files of the stack: the release {} kept no copies", seen.good->tag));
  for (const StackFileSeen& file : seen.files) compare_file(seen, file, report);
}

bool is_released(const Policy& policy, const std::string& service) {
  return service == policy.service ||
         std::ranges::find(policy.companions, service) != policy.companions.end();
}

Difference of_container(std::string what, const docker::Container& now, std::string was,
                        std::string is, bool released) {
  const std::string service = now.label(docker::label_service);
  std::string key = key_of(what, service, now.id + is);
  return {.what = std::move(what),
          .subject = service,
          .was = std::move(was),
          .is = std::move(is),
          .paths = {},
          .patch = {},
          .changed = parse_time(now.created_at),
          .changes_release = released,
          .keys = {std::move(key)}};
}

void compare_container(const DeployedContainer& was, const docker::Container& now, bool released,
                       DriftReport& report) {
  if (was.id == now.id) return;
  const std::string hash = now.label(docker::label_config_hash);
  report.differences.push_back(of_container("recreated", now, "container " + was.id.substr(0, 12),
                                            "container " + now.short_id(), released));
  if (was.image_id != now.image_id)
    report.differences.push_back(of_container("image", now, was.image_id.substr(0, 19),
                                              now.image_id.substr(0, 19), released));
  if (!was.config_hash.empty() && was.config_hash != hash)
    report.differences.push_back(of_container("configuration", now, was.config_hash.substr(0, 12),
                                              hash.substr(0, 12), released));
}

const docker::Container* container_of(const std::vector<docker::Container>& all,
                                      const DeployedContainer& was) {
  const docker::Container* best = nullptr;
  for (const docker::Container& one : all) {
    if (one.id == was.id) return &one;
    if (one.label(docker::label_service) == was.service) best = &one;
  }
  return best;
}

Difference removed(const DeployedContainer& was, bool released) {
  return {.what = "removed",
          .subject = was.service,
          .was = "container " + was.id.substr(0, 12),
          .is = "none",
          .paths = {},
          .patch = {},
          .changed = {},
          .changes_release = released,
          .keys = {key_of("removed", was.service, was.id)}};
}

// More of a service than was deployed, or a service that had none.
void look_for_added(const DriftSeen& seen, DriftReport& report) {
  std::map<std::string, std::size_t> counts;
  for (const DeployedContainer& was : seen.deployed->containers) ++counts[was.service];
  for (const docker::Container& now : seen.services) {
    const std::string service = now.label(docker::label_service);
    if (counts[service] > 0) {
      --counts[service];
      continue;
    }
    report.differences.push_back(of_container("added", now, "none", "container " + now.short_id(),
                                              is_released(seen.policy, service)));
  }
}

void compare_containers(const DriftSeen& seen, DriftReport& report) {
  if (!seen.deployed) {
    report.unknown.emplace_back("containers: no operation noted which ones it left");
    return;
  }
  for (const DeployedContainer& was : seen.deployed->containers) {
    const bool released = is_released(seen.policy, was.service);
    if (const docker::Container* now = container_of(seen.services, was))
      compare_container(was, *now, released, report);
    else
      report.differences.push_back(removed(was, released));
  }
  look_for_added(seen, report);
}

std::string key_of(const ReleaseContainerSeen& seen, const docker::ChangedPath& change) {
  const auto digest = seen.digests.find(change.path);
  return fmt::format("file:{}:{}:{}:{}", seen.container.short_id(), static_cast<int>(change.kind),
                     change.path, digest == seen.digests.end() ? "" : digest->second.substr(0, 16));
}

void compare_files_within(const DriftSeen& seen, DriftReport& report) {
  for (const ReleaseContainerSeen& one : seen.releases) {
    const std::string service = one.container.label(docker::label_service);
    if (!one.trouble.empty())
      report.unknown.push_back(fmt::format("files of {}: {}", service, one.trouble));
    Difference difference{.what = "files",
                          .subject = service,
                          .was = "as in its image",
                          .is = {},
                          .paths = telling_changes(one, seen.policy),
                          .patch = {},
                          .changed = {},
                          .changes_release = true,
                          .keys = {}};
    if (difference.paths.empty()) continue;
    difference.is = counted(static_cast<long long>(difference.paths.size()), "file") + " changed";
    for (const docker::ChangedPath& change : difference.paths)
      difference.keys.push_back(key_of(one, change));
    report.differences.push_back(std::move(difference));
  }
}

std::string sign_of(docker::ChangeKind kind) {
  if (kind == docker::ChangeKind::added) return "added ";
  return kind == docker::ChangeKind::removed ? "removed " : "";
}

std::string paths_text(const std::vector<docker::ChangedPath>& paths) {
  std::vector<std::string> names;
  for (const docker::ChangedPath& one : paths) {
    if (names.size() == most_named) break;
    names.push_back(sign_of(one.kind) + printable(one.path));
  }
  std::string text = join(names, ", ");
  if (paths.size() > most_named) text += fmt::format(" and {} more", paths.size() - most_named);
  return text;
}

}  // namespace

std::string Difference::text() const {
  if (what == "files")
    return fmt::format("{}: {} not as in its image: {}", subject,
                       paths.size() == 1 ? "a file is" : fmt::format("{} files are", paths.size()),
                       paths_text(paths));
  if (what == "tag-line")
    return fmt::format("{}: the tag line says {}, the release is {}", subject, is, was);
  if (what == "recreated") return fmt::format("{}: {} took the place of {}", subject, is, was);
  if (what == "added") return fmt::format("{}: {} was added", subject, is);
  if (what == "removed") return fmt::format("{}: {} was removed", subject, was);
  if (what == "image" || what == "configuration")
    return fmt::format("{}: its {} is {}, {} was deployed", subject, what, is, was);
  if (is == "absent") return fmt::format("{} was removed", subject);
  if (was == "absent") return fmt::format("{} was added", subject);
  return fmt::format("{} was changed", subject);
}

DriftReport compare(const DriftSeen& seen) {
  DriftReport report{.stack = seen.stack,
                     .at = seen.at,
                     .release = seen.good ? seen.good->tag : "",
                     .differences = {},
                     .unknown = seen.troubles};
  if (!seen.good) {
    report.unknown.emplace_back("no release is recorded to compare with");
    return report;
  }
  compare_files(seen, report);
  compare_containers(seen, report);
  compare_files_within(seen, report);
  return report;
}

std::string env_difference(const std::string& was, const std::string& is, const Secrets& secrets) {
  const auto before = variables_of(was);
  const auto after = variables_of(is);
  std::set<std::string> names;
  for (const auto& [name, value] : before) names.insert(name);
  for (const auto& [name, value] : after) names.insert(name);
  std::string text;
  for (const std::string& name : names) {
    const auto old = before.find(name);
    const auto now = after.find(name);
    if (old != before.end() && now != after.end() && old->second == now->second) continue;
    if (old != before.end())
      text += fmt::format("-{}={}\n", name, shown(name, old->second, secrets));
    if (now != after.end())
      text += fmt::format("+{}={}\n", name, shown(name, now->second, secrets));
  }
  return text.empty() ? "only comments, quotes or the order of lines\n" : text;
}

}  // namespace ballast
