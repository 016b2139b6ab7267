#include <fmt/format.h>

#include "check/checks.h"

namespace ballast::checks {

namespace {

std::string config_hint(const CheckContext& context) {
  return fmt::format("run `docker compose -f {} config` and mend what it names",
                     context.compose_path);
}

}  // namespace

Answers compose_valid(const CheckContext& context) {
  if (!context.read_compose)
    return {unsure("compose was not asked", config_hint(context), context.compose_path)};
  const std::optional<Error> trouble = context.read_compose().trouble;
  if (!trouble) return {passes("valid", context.compose_path)};
  const std::string& hint = trouble->hint();
  return {
      fails(trouble->message(), hint.empty() ? config_hint(context) : hint, context.compose_path)};
}

}  // namespace ballast::checks
