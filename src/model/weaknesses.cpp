#include "model/weaknesses.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t longest_reason = 256;

std::vector<std::string> ids_of(WeaknessScope scope) {
  std::vector<std::string> ids;
  for (const WeaknessKind& kind : weakness_table)
    if (kind.scope == scope) ids.emplace_back(kind.id);
  return ids;
}

[[noreturn]] void refuse_unknown(const PolicyValue& value, const Yaml& key, WeaknessScope scope) {
  const auto near = nearest(key.scalar, ids_of(scope));
  throw Error(
      Kind::usage,
      fmt::format("{}:{}: `{}` names no weakness: `{}`", value.path, key.line, value.key,
                  printable(shortened(key.scalar, 60))),
      near ? fmt::format("did you mean `{}`?", *near)
           : fmt::format("weaknesses of a {}: {}", scope_text(scope), join(ids_of(scope), ", ")));
}

void require_scope(const PolicyValue& value, const Yaml& key, WeaknessScope scope) {
  const WeaknessKind* kind = find_weakness(key.scalar);
  if (kind == nullptr) refuse_unknown(value, key, scope);
  if (kind->scope == scope) return;
  throw Error(Kind::usage,
              fmt::format("{}:{}: `{}`: `{}` is a weakness of a {}", value.path, key.line,
                          value.key, kind->id, scope_text(kind->scope)),
              kind->scope == WeaknessScope::server
                  ? "accept it in /etc/ballast/ballast.yaml"
                  : "accept it in ballast.yaml of each stack that has it");
}

std::string read_reason(const PolicyValue& value) {
  std::string reason = value.node.type == Yaml::Type::null ? "" : read_text(value);
  if (trim(reason).empty())
    refuse_value(value, "a reason is required",
                 "say why, until when, and who decided it: \"behind the firewall, 2026-11, ken\"");
  if (printable(reason) != reason || reason.size() > longest_reason)
    refuse_value(value, "the reason is no plain text of at most 256 bytes", "write it on one line");
  return reason;
}

}  // namespace

const WeaknessKind* find_weakness(std::string_view id) {
  const auto found = std::ranges::find(weakness_table, id, &WeaknessKind::id);
  return found == weakness_table.end() ? nullptr : &*found;
}

std::string_view gravity_text(Gravity gravity) {
  switch (gravity) {
    case Gravity::grave: return "grave";
    case Gravity::serious: return "serious";
    case Gravity::slight: return "slight";
  }
  return "";
}

std::string_view scope_text(WeaknessScope scope) {
  return scope == WeaknessScope::server ? "server" : "stack";
}

AcceptedWeaknesses read_accepted(const PolicyValue& value, WeaknessScope scope) {
  AcceptedWeaknesses accepted;
  if (value.node.type == Yaml::Type::null) return accepted;
  if (value.node.type != Yaml::Type::map)
    refuse_value(value, "ids and reasons belong under it",
                 "write `database-port-published: \"behind the firewall, 2026-11, ken\"`");
  for (const auto& [key, node] : value.node.entries) {
    if (key.scalar.starts_with("x-")) continue;
    require_scope(value, key, scope);
    const std::string whole = fmt::format("{}.{}", value.key, key.scalar);
    accepted[key.scalar] = read_reason({value.path, whole, node});
  }
  return accepted;
}

AcceptedWeaknesses accepted_in_policy(const std::string& path,
                                      const std::optional<std::string>& text) {
  if (!text) return {};
  const Yaml root = parse_yaml(path, *text);
  const Yaml* section = root.type == Yaml::Type::map ? root.find("doctor") : nullptr;
  const Yaml* accept =
      section != nullptr && section->type == Yaml::Type::map ? section->find("accept") : nullptr;
  if (accept == nullptr) return {};
  return read_accepted({path, "doctor.accept", *accept}, WeaknessScope::stack);
}

}  // namespace ballast
