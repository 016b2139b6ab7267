#include <fmt/format.h>

#include "check/checks.h"

namespace ballast::checks {

Answers tag_pattern(const CheckContext& context) {
  const std::string& pattern = context.policy.tag_pattern;
  if (context.tag == "latest")
    return {fails("`latest` means another image every day",
                  fmt::format("deploy an immutable tag: `ballast deploy {} sha-…`", context.stack),
                  context.tag)};
  if (!tag_matches(context.policy, context.tag))
    return {fails(fmt::format("does not match {}", pattern.empty() ? "any tag" : pattern),
                  fmt::format("deploy a tag that matches, or mend the pattern in {}/ballast.yaml",
                              context.directory),
                  context.tag)};
  return {passes(pattern.empty() ? "no pattern is set" : "matches " + pattern, context.tag)};
}

}  // namespace ballast::checks
