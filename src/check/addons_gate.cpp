#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

std::vector<Addon> addons_in(const CheckContext& context) {
  if (context.image_addons) return *context.image_addons;
  return addons_of_image(context.engine, required_image(context).id, context.policy.addons.path,
                         context.operation);
}

bool is_required(const CheckContext& context, const std::string& name) {
  const auto& required = context.policy.addons.required;
  return std::find(required.begin(), required.end(), name) != required.end();
}

// Empty when it is there and fine.
std::string trouble_of(const std::vector<Addon>& addons, const std::string& name) {
  const auto found = std::find_if(addons.begin(), addons.end(),
                                  [&](const Addon& addon) { return addon.name == name; });
  if (found == addons.end()) return name + ": absent";
  return found->trouble.empty() ? std::string() : fmt::format("{}: {}", name, found->trouble);
}

std::vector<std::string> required_troubles(const CheckContext& context,
                                           const std::vector<Addon>& addons) {
  std::vector<std::string> troubles;
  for (const std::string& name : context.policy.addons.required)
    if (std::string trouble = trouble_of(addons, name); !trouble.empty())
      troubles.push_back(std::move(trouble));
  return troubles;
}

std::vector<std::string> other_troubles(const CheckContext& context,
                                        const std::vector<Addon>& addons) {
  std::vector<std::string> troubles;
  for (const Addon& addon : addons)
    if (!addon.trouble.empty() && !is_required(context, addon.name))
      troubles.push_back(fmt::format("{}: {}", addon.name, addon.trouble));
  return troubles;
}

std::string others_text(const std::vector<std::string>& troubles) {
  return troubles.empty() ? std::string() : "; not required: " + join(troubles, ", ");
}

}  // namespace

Answers addons(const CheckContext& context) {
  const std::string& path = context.policy.addons.path;
  if (path.empty()) return {passes("no folder of addons")};
  const std::vector<Addon> found = addons_in(context);
  const auto troubles = required_troubles(context, found);
  const std::string others = others_text(other_troubles(context, found));
  if (!troubles.empty())
    return {
        fails(join(troubles, ", ") + others,
              fmt::format("build {} again with what `addons: {{required: …}}` names", context.tag),
              path)};
  return {passes(
      fmt::format("{}, {} required{}", counted(static_cast<long long>(found.size()), "addon"),
                  context.policy.addons.required.size(), others),
      path)};
}

}  // namespace ballast::checks
