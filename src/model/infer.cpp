#include "model/infer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "model/reference.h"

namespace ballast {

namespace {

constexpr std::string_view odoo_data = "/var/lib/odoo";
constexpr std::string_view example_image = "image: ghcr.io/acme/odoo:${ODOO_TAG}";

// Programs that work on a database and are named after it.
constexpr auto not_databases = std::to_array<std::string_view>({"backup", "exporter", "operator"});

struct Releasable {
  const ComposeService* service = nullptr;
  std::string variable;
};

std::string image_name(const ComposeService& service) {
  const std::string repository = parse_reference(expand_variables(service.image, {})).repository;
  return repository.substr(repository.rfind('/') + 1);
}

bool is_database(const ComposeService& service) {
  const std::string name = image_name(service);
  if (!name.starts_with("postgres") && !name.starts_with("postgis")) return false;
  return std::ranges::none_of(
      not_databases, [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

bool names_a_tag(std::string_view variable) {
  return variable == "TAG" || variable.ends_with("_TAG");
}

std::vector<std::string> image_variables(const ComposeService& service) {
  std::vector<std::string> names;
  for (const ComposeVariable& variable : variables_of(service.image))
    names.push_back(variable.name);
  return names;
}

bool holds(const ComposeService& service, const std::string& variable) {
  const auto names = image_variables(service);
  return std::ranges::find(names, variable) != names.end();
}

// The last one, since the tag is what ends an image.
std::string tag_variable_of(const ComposeService& service) {
  const auto names = image_variables(service);
  const auto found = std::find_if(names.rbegin(), names.rend(), names_a_tag);
  return found == names.rend() ? std::string() : *found;
}

// A service that is named outright may call its variable as it likes, when there is only one.
std::string only_variable_of(const ComposeService& service) {
  const auto names = image_variables(service);
  const std::set<std::string> distinct(names.begin(), names.end());
  return distinct.size() == 1 ? *distinct.begin() : std::string();
}

std::string at(const Wishes& wishes, const Wish& wish) {
  return fmt::format("{}:{}: ", wishes.policy_path, wish.line);
}

std::vector<std::string> service_names(const ComposeFile& compose) {
  std::vector<std::string> names;
  for (const ComposeService& service : compose.services) names.push_back(service.name);
  return names;
}

const ComposeService& named_service(const ComposeFile& compose, const Wishes& wishes,
                                    const Wish& wish) {
  if (const ComposeService* service = compose.service(wish.value)) return *service;
  const auto names = service_names(compose);
  const auto near = nearest(wish.value, names);
  throw Error(
      Kind::usage,
      fmt::format("{}no service `{}` in {}", at(wishes, wish), printable(wish.value), compose.path),
      near ? fmt::format("did you mean `{}`?", *near)
           : fmt::format("services there: {}", join(names, ", ")));
}

std::string wished_variable(const ComposeService& service, const Wishes& wishes) {
  const Wish& wish = *wishes.tag_variable;
  if (holds(service, wish.value)) return wish.value;
  throw Error(Kind::usage,
              fmt::format("{}the image of service `{}` has no variable `{}`: {}", at(wishes, wish),
                          service.name, printable(wish.value), printable(service.image)),
              fmt::format("write the image with its tag as ${{{}}}", printable(wish.value)));
}

Releasable wished_service(const ComposeFile& compose, const Wishes& wishes) {
  const ComposeService& service = named_service(compose, wishes, *wishes.service);
  if (wishes.tag_variable) return {&service, wished_variable(service, wishes)};
  std::string variable = tag_variable_of(service);
  if (variable.empty()) variable = only_variable_of(service);
  if (variable.empty())
    throw Error(Kind::usage,
                fmt::format("{}the image of service `{}` has no ${{…_TAG}} variable: {}",
                            at(wishes, *wishes.service), service.name, printable(service.image)),
                fmt::format("write its tag as a variable, such as `{}`", example_image));
  return {&service, variable};
}

std::vector<Releasable> releasables(const ComposeFile& compose, const Wishes& wishes) {
  std::vector<Releasable> found;
  for (const ComposeService& service : compose.services) {
    if (wishes.tag_variable) {
      if (holds(service, wishes.tag_variable->value))
        found.push_back({&service, wishes.tag_variable->value});
    } else if (const auto variable = tag_variable_of(service);
               !variable.empty() && !is_database(service)) {
      found.push_back({&service, variable});
    }
  }
  return found;
}

[[noreturn]] void refuse_none(const ComposeFile& compose, const Wishes& wishes) {
  if (wishes.tag_variable)
    throw Error(Kind::usage, fmt::format("{}no service in {} has the variable `{}` in its image",
                                         at(wishes, *wishes.tag_variable), compose.path,
                                         printable(wishes.tag_variable->value)));
  throw Error(Kind::usage,
              fmt::format("no service in {} has a ${{…_TAG}} variable in its image", compose.path),
              fmt::format("write the tag of the release service as a variable, such as `{}`",
                          example_image));
}

[[noreturn]] void refuse_several(const ComposeFile& compose, const Wishes& wishes,
                                 const std::vector<Releasable>& found) {
  std::vector<std::string> names;
  for (const Releasable& one : found)
    names.push_back(fmt::format("`{}` ({})", one.service->name, one.variable));
  const std::string last = names.back();
  names.pop_back();
  throw Error(
      Kind::usage,
      fmt::format("{} and {} in {} could be released", join(names, ", "), last, compose.path),
      fmt::format("write `service: NAME` into {}", wishes.policy_path));
}

bool share_a_variable(const std::vector<Releasable>& found) {
  return std::ranges::all_of(
      found, [&](const Releasable& one) { return one.variable == found.front().variable; });
}

// Of services that run one image, the one that users reach is the one to be verified.
Releasable choose(const ComposeFile& compose, const Wishes& wishes) {
  const std::vector<Releasable> found = releasables(compose, wishes);
  if (found.empty()) refuse_none(compose, wishes);
  if (found.size() == 1) return found.front();
  std::vector<Releasable> reachable;
  std::ranges::copy_if(found, std::back_inserter(reachable),
                       [](const Releasable& one) { return !one.service->ports.empty(); });
  if (!share_a_variable(found) || reachable.size() != 1) refuse_several(compose, wishes, found);
  return reachable.front();
}

bool is_outside(const Wishes& wishes) { return wishes.url_file && !wishes.url_file->value.empty(); }

[[noreturn]] void refuse_two_servers(const Wishes& wishes) {
  throw Error(Kind::usage,
              fmt::format("{}`database.service` ({}) and `database.url-file` ({}) are both given",
                          at(wishes, *wishes.url_file), printable(wishes.database_service->value),
                          printable(wishes.url_file->value)),
              "keep the one that tells where PostgreSQL runs: a service of the stack, or a server "
              "outside of it");
}

std::string database_of(const ComposeFile& compose, const Wishes& wishes,
                        const std::string& release_service) {
  const bool is_named = wishes.database_service && !wishes.database_service->value.empty();
  if (is_outside(wishes) && is_named) refuse_two_servers(wishes);
  if (is_outside(wishes)) return {};
  if (wishes.database_service) {
    if (wishes.database_service->value.empty()) return {};
    return named_service(compose, wishes, *wishes.database_service).name;
  }
  std::vector<std::string> found;
  for (const ComposeService& service : compose.services)
    if (service.name != release_service && is_database(service)) found.push_back(service.name);
  if (found.size() > 1)
    throw Error(
        Kind::usage,
        fmt::format("services `{}` in {} run PostgreSQL", join(found, "`, `"), compose.path),
        fmt::format("write `database: {{service: NAME}}` into {}", wishes.policy_path));
  return found.empty() ? std::string() : found.front();
}

bool keeps_odoo_data(const ComposeService& service) {
  return std::ranges::any_of(service.mounts, [](const ComposeMount& mount) {
    if (mount.type == ComposeMount::Type::tmpfs) return false;
    const std::string target = expand_variables(mount.target, {});
    return target == odoo_data || target.starts_with(std::string(odoo_data) + "/");
  });
}

std::vector<std::string> companions_of(const ComposeFile& compose, const Policy& policy) {
  std::vector<std::string> names;
  for (const ComposeService& service : compose.services)
    if (service.name != policy.service && holds(service, policy.tag_variable))
      names.push_back(service.name);
  return names;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

void apply_preset(Policy& policy, Preset preset) {
  policy.preset = preset;
  if (preset != Preset::odoo) return;
  policy.tag_pattern = "sha-[0-9a-f]{7,40}";
  policy.traffic.port = 8069;
  policy.traffic.chat_port = 8072;
  policy.candidate.enabled = true;
  policy.candidate.arguments = {"--max-cron-threads=0"};
  policy.addons.path = "/mnt/extra-addons";
  policy.data_mounts = {std::string(odoo_data)};
  policy.before_deploy = "required";
}

Policy infer_policy(const ComposeFile& compose, const Wishes& wishes) {
  const Releasable release =
      wishes.service ? wished_service(compose, wishes) : choose(compose, wishes);
  const Preset inferred = keeps_odoo_data(*release.service) ? Preset::odoo : Preset::generic;
  Policy policy;
  apply_preset(policy, wishes.preset.value_or(inferred));
  policy.service = release.service->name;
  policy.tag_variable = release.variable;
  policy.companions = companions_of(compose, policy);
  policy.database_service = database_of(compose, wishes, policy.service);
  policy.repository_hint = release.service->image;
  return policy;
}

Policy infer_policy(const ComposeFile& compose) {
  Wishes wishes;
  wishes.policy_path = folder_of(compose.path) + "ballast.yaml";
  return infer_policy(compose, wishes);
}

}  // namespace ballast
