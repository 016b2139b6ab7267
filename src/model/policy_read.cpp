#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/error.h"
#include "base/text.h"
#include "model/infer.h"
#include "model/policy.h"
#include "model/policy_keys.h"

namespace ballast {

namespace {

// A key that the file gives, and what stands there.
struct Given {
  const PolicyKey* key;
  const Yaml* node;
};

bool is_free(const Yaml& key) { return key.scalar.starts_with("x-"); }

std::string joined_path(std::string_view section, std::string_view name) {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

const PolicyKey* find_key(std::string_view path) {
  const auto found = std::ranges::lower_bound(policy_keys(), path, {}, &PolicyKey::path);
  return found != policy_keys().end() && found->path == path ? &*found : nullptr;
}

bool is_section(std::string_view name) {
  return std::ranges::find(policy_keys(), name, &PolicyKey::section) != policy_keys().end();
}

// What may stand in a section, or (empty) at the top.
std::vector<std::string> known_in(std::string_view section) {
  std::vector<std::string> known;
  for (const PolicyKey& key : policy_keys()) {
    if (key.section() == section)
      known.emplace_back(key.path);
    else if (section.empty() && (known.empty() || known.back() != key.section()))
      known.emplace_back(key.section());
  }
  return known;
}

std::string hint_for_unknown(std::string_view name, std::string_view section) {
  const PolicyKey* elsewhere = find_key(name);
  if (elsewhere != nullptr)
    return fmt::format("write `{}:` and, under it, `{}: …`", elsewhere->section(),
                       elsewhere->name());
  const auto known = known_in(section);
  if (const auto near = nearest(name, known)) return fmt::format("did you mean `{}`?", *near);
  return fmt::format("known keys: {}", join(known, ", "));
}

[[noreturn]] void refuse_unknown(const std::string& path, const Yaml& key,
                                 std::string_view section) {
  const std::string name = joined_path(section, key.scalar);
  throw Error(
      Kind::usage,
      fmt::format("{}:{}: unknown key `{}`", path, key.line, printable(shortened(name, 60))),
      hint_for_unknown(name, section));
}

class GivenKeys {
 public:
  explicit GivenKeys(const std::string& path) : path_(path) {}

  std::vector<Given> of(const Yaml& root) {
    if (root.type == Yaml::Type::scalar || root.type == Yaml::Type::list)
      throw Error(Kind::usage, fmt::format("{}:{}: a policy is a map of keys", path_, root.line),
                  "write `key: value` lines");
    for (const auto& [key, node] : root.entries) {
      if (is_free(key)) continue;
      if (is_section(key.scalar))
        add_section(key.scalar, node);
      else
        add(key, node, {});
    }
    return std::move(given_);
  }

 private:
  void add(const Yaml& key, const Yaml& node, std::string_view section) {
    const PolicyKey* known = find_key(joined_path(section, key.scalar));
    if (known == nullptr || known->section() != section) refuse_unknown(path_, key, section);
    given_.push_back({known, &node});
  }

  // A section that can be switched may be written short: `candidate: off`.
  void add_section(const std::string& name, const Yaml& node) {
    if (node.type == Yaml::Type::null) return;
    const PolicyKey* enabled = find_key(joined_path(name, "enabled"));
    if (node.type == Yaml::Type::scalar && enabled != nullptr) {
      given_.push_back({enabled, &node});
      return;
    }
    if (node.type != Yaml::Type::map)
      refuse_value({path_, name, node}, "keys belong under it",
                   fmt::format("known keys: {}", join(known_in(name), ", ")));
    for (const auto& [key, inner] : node.entries)
      if (!is_free(key)) add(key, inner, name);
  }

  const std::string& path_;
  std::vector<Given> given_;
};

void read_given(Policy& policy, const std::string& path, const Given& given) {
  given.key->read(policy, {path, given.key->path, *given.node});
}

// What the file says of the things that are inferred otherwise.
Wishes wishes_of(const std::string& path, const std::vector<Given>& given) {
  Wishes wishes;
  wishes.policy_path = path;
  for (const Given& one : given) {
    Policy said;
    read_given(said, path, one);
    const int line = one.node->line;
    if (one.key->path == "preset") wishes.preset = said.preset;
    if (one.key->path == "service") wishes.service = Wish{said.service, line};
    if (one.key->path == "tag-variable") wishes.tag_variable = Wish{said.tag_variable, line};
    if (one.key->path == "database.service")
      wishes.database_service = Wish{said.database_service, line};
    if (one.key->path == "database.url-file") wishes.url_file = Wish{said.database_url_file, line};
  }
  return wishes;
}

// Commands of its own are for a stack whose preset does not know how to change its database.
void require_sound_migration(const Policy& policy, const std::string& path,
                             const std::vector<Given>& given) {
  const bool has_any = !policy.migrate.detect.empty() || !policy.migrate.run.empty();
  const auto found = std::ranges::find(given, std::string_view("migrate"),
                                       [](const Given& one) { return one.key->section(); });
  if (!has_any || found == given.end()) return;
  const PolicyValue value{path, found->key->path, *found->node};
  if (policy.preset == Preset::odoo)
    refuse_value(value, "preset odoo knows by itself what to upgrade",
                 "take it out; `upgrade: auto`, `ask` or `never` says when");
  if (policy.migrate.run.empty())
    refuse_value(value, "tells what is to be migrated, but nothing says how",
                 "write `migrate: {run: …}` as well");
}

}  // namespace

PolicyFile read_policy(const ComposeFile& compose, const std::string& path,
                       const std::optional<std::string>& text) {
  const Yaml root = text ? parse_yaml(path, *text) : Yaml();
  const std::vector<Given> given = GivenKeys(path).of(root);
  PolicyFile file{.policy = infer_policy(compose, wishes_of(path, given)),
                  .from_file = text.has_value(),
                  .given = {}};
  for (const Given& one : given) {
    read_given(file.policy, path, one);
    file.given.emplace_back(one.key->path);
  }
  require_sound_migration(file.policy, path, given);
  return file;
}

bool has_database(const Policy& policy) {
  return !policy.database_service.empty() || has_database_outside(policy);
}

bool has_database_outside(const Policy& policy) { return !policy.database_url_file.empty(); }

bool tag_matches(const Policy& policy, std::string_view tag) {
  constexpr std::size_t longest_tag = 128;
  if (tag.empty() || tag == "latest" || tag.size() > longest_tag) return false;
  if (policy.tag_pattern.empty()) return true;
  const std::regex pattern(policy.tag_pattern, std::regex::ECMAScript);
  return std::regex_match(tag.begin(), tag.end(), pattern);
}

bool fits_pattern(std::string_view text, const std::string& pattern) {
  const std::vector<std::string> parts = split(pattern, '*');
  if (parts.size() == 1) return text == pattern;
  if (!text.starts_with(parts.front())) return false;
  text.remove_prefix(parts.front().size());
  for (std::size_t number = 1; number + 1 < parts.size(); ++number) {
    const std::size_t at = text.find(parts[number]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + parts[number].size());
  }
  return text.ends_with(parts.back());
}

bool concerns_database(const Policy& policy, std::string_view name) {
  const auto fits = [&](const std::string& pattern) { return fits_pattern(name, pattern); };
  const auto& include = policy.databases_include;
  return (include.empty() || std::ranges::any_of(include, fits)) &&
         std::ranges::none_of(policy.databases_exclude, fits);
}

}  // namespace ballast
