#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

// Compose gets these from Ballast itself.
constexpr std::array<std::string_view, 3> given{"COMPOSE_PROJECT_NAME", "HOME", "PATH"};

bool is_given(const ComposeVariable& variable) {
  return std::find(given.begin(), given.end(), variable.name) != given.end();
}

// An emptied .env is the accident to be caught, so only `${X?}` and forms with a default take an
// empty value.
bool may_be_empty(const ComposeVariable& variable) {
  return variable.required && !variable.empty_is_unset;
}

bool lacks_value(const ComposeVariable& variable, const EnvFile& env) {
  // A nested one only counts where the outer one falls back to it; `compose-valid` asks Compose
  // itself.
  if (variable.has_default || variable.nested || is_given(variable)) return false;
  const auto value = env.value(variable.name);
  return !value || (value->empty() && !may_be_empty(variable));
}

// In files that only Compose reads: an override, what is included.
std::vector<std::string> unset_elsewhere(const CheckContext& context) {
  if (!context.read_compose) return {};
  std::vector<std::string> names = context.read_compose().unset_variables;
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::any_of(context.compose.variables, [&](const ComposeVariable& variable) {
      return variable.name == name;
    });
  });
  return names;
}

std::string lack_text(const ComposeVariable& variable, const EnvFile& env) {
  return fmt::format("{} ({}, line {})", variable.name,
                     env.value(variable.name) ? "empty" : "not set", variable.line);
}

}  // namespace

Answers variables(const CheckContext& context) {
  const EnvFile& env = required_env(context);
  const std::string path = context.directory + "/.env";
  std::vector<std::string> lacking;
  for (const ComposeVariable& variable : context.compose.variables)
    if (lacks_value(variable, env)) lacking.push_back(lack_text(variable, env));
  for (const std::string& name : unset_elsewhere(context))
    lacking.push_back(fmt::format("{} (not set, in a file beside it)", name));
  if (lacking.empty()) {
    const auto count = static_cast<long long>(context.compose.variables.size());
    return {
        passes(counted(count, "variable") + " of the compose file, none without a value", path)};
  }
  return {fails("no value for " + join(lacking, ", "),
                fmt::format("set each in {}; where empty is meant, write `${{X-}}` in {}", path,
                            context.compose_path),
                path)};
}

}  // namespace ballast::checks
