#include <fmt/format.h>

#include "base/text.h"
#include "check/addons_on_host.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

using ByName = std::map<std::string, const Addon*>;

ByName by_name(const std::vector<Addon>& addons) {
  ByName named;
  for (const Addon& addon : addons) named[addon.name] = &addon;
  return named;
}

// Empty when they are equal.
std::string difference(const Addon& wanted, const ByName& served) {
  const auto found = served.find(wanted.name);
  if (found == served.end()) return wanted.name + " (absent)";
  const Addon& there = *found->second;
  if (there.version != wanted.version)
    return fmt::format("{} ({} instead of {})", wanted.name, there.version, wanted.version);
  return there.hash == wanted.hash ? std::string() : wanted.name + " (other files)";
}

std::vector<std::string> differences(const std::vector<Addon>& wanted,
                                     const std::vector<Addon>& served) {
  const ByName there = by_name(served);
  const ByName expected = by_name(wanted);
  std::vector<std::string> found;
  for (const Addon& addon : wanted)
    if (std::string text = difference(addon, there); !text.empty()) found.push_back(text);
  for (const Addon& addon : served)
    if (!expected.contains(addon.name)) found.push_back(addon.name + " (not in the image)");
  return found;
}

std::string renewal_hint(const CheckContext& context) {
  return fmt::format(
      "an old volume lies over {}, as after a recreate by hand: `docker compose up "
      "-d --no-deps --force-recreate --renew-anon-volumes {}`",
      context.policy.addons.path, context.policy.service);
}

}  // namespace

Answers addons_served(const CheckContext& context) {
  const std::string& path = context.policy.addons.path;
  if (path.empty()) return {passes("no folder of addons")};
  if (!context.image_addons) throw Error(Kind::failed, "the addons of the image were not read");
  const docker::Container& container = required_target(context).container;
  const std::string as_in_image =
      counted(static_cast<long long>(context.image_addons->size()), "addon") + ", as in the image";
  if (surely_serves(context.host, container, path, *context.image_addons))
    return {passes(as_in_image, path)};
  const auto served = addons_of_container(context.engine, container.id, path);
  if (listing(served) == listing(*context.image_addons)) return {passes(as_in_image, path)};
  return {fails("not the image's: " + join(differences(*context.image_addons, served), ", "),
                renewal_hint(context), path)};
}

}  // namespace ballast::checks
